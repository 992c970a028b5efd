// Runs inside Vite, whose websocket to the pages outlives every restart of the Python side: shows that side's
// problems in them, and asks them where they are.
import net from "node:net";

const STYLE_GUIDE = "/styleguide";
const STYLE_GUIDE_FILE = "[styleguide]";
const ROUTES = "virtual:react-router/browser-manifest";
const WAITING = "x-portfolio-waiting";
// Until the route is there, which Vite notices a moment after its file.
const WAITING_PAGE = `<!doctype html><title>Style guide</title><p>The style guide is being made.</p>
<script type="module">
for (let answer; !answer?.ok || answer.headers.has("${WAITING}"); ) {
  await new Promise((done) => setTimeout(done, 300));
  answer = await fetch(location.href);
}
location.reload();
</script>`;
const PATIENCE_MS = 80;
const CLIENT = `
if (import.meta.hot) {
  import.meta.hot.on("portfolio:where", ({ id }) =>
    import.meta.hot.send("portfolio:here", { id, path: location.pathname }));
}`;

// Takes an overlay away. Before one is laid it has the page know that it is whole: Vite has a page load anew whose
// first update comes while an error lies over it.
const NOTHING = { type: "update", updates: [] };

function overlay({ message, file, line, trace }) {
  const loc = file ? { file, line, column: 0 } : undefined;
  return { type: "error", err: { plugin: "python", message, loc, id: file || undefined, stack: trace } };
}

class Development {
  problem = null;
  waiting = new Map();
  flashed = false;
  asked = false;
  compiled = false;
  drawn = false;

  constructor(address) {
    this.launcher = net.connect(address);
    this.launcher.setEncoding("utf8");
    this.tell({ name: "vite", pid: process.pid });
    let rest = "";
    this.launcher.on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) this.obey(JSON.parse(line));
    });
    // Without the launcher nobody would end this process.
    this.launcher.on("close", () => process.exit());
  }

  tell(message) {
    this.launcher.write(`${JSON.stringify(message)}\n`);
  }

  obey(command) {
    if (command.do === "where") this.where(command.id);
    if (command.do === "show") this.show(command.problem);
    if (command.do === "flash") this.flash(command.problem);
  }

  show(problem) {
    const had = this.problem || this.flashed;
    this.flashed = false;
    this.compiled ||= this.asked && !problem;
    this.problem = problem;
    if (problem) this.lay(problem);
    else if (had) this.server?.ws.send(NOTHING);
  }

  lay(problem) {
    this.server?.ws.send(NOTHING);
    this.server?.ws.send(overlay(problem));
  }

  // An error of a handler: the site goes on, so a page that is opened later does not show it.
  flash(problem) {
    this.flashed = true;
    this.lay(problem);
  }

  // The style guide is made when somebody opens it for the first time, and is there once its route is known.
  async hold(request, response, next) {
    const path = request.url.split("?")[0].replace(/\/$/, "");
    this.drawn ||= path === STYLE_GUIDE && this.compiled && (await this.hasRoute(STYLE_GUIDE_FILE));
    if (path !== STYLE_GUIDE || this.drawn) return next();
    this.asked = true;
    this.tell({ happened: "style_guide" });
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.setHeader(WAITING, "yes");
    response.end(WAITING_PAGE);
  }

  async hasRoute(file) {
    const routes = await this.server.environments.client.transformRequest(ROUTES).catch(() => null);
    return Boolean(routes?.code.includes(file));
  }

  where(id) {
    const paths = new Set(this.asked && !this.drawn ? [STYLE_GUIDE] : []);
    let missing = this.server?.ws.clients.size ?? 0;
    const answer = () => {
      clearTimeout(timer);
      if (this.waiting.delete(id)) this.tell({ id, done: [...paths] });
    };
    const timer = setTimeout(answer, PATIENCE_MS);
    this.waiting.set(id, (path) => {
      paths.add(path);
      missing -= 1;
      if (missing <= 0) answer();
    });
    if (missing === 0) answer();
    else this.server.ws.send("portfolio:where", { id });
  }

  attach(server) {
    this.server = server;
    server.ws.on("portfolio:here", ({ id, path }) => this.waiting.get(id)?.(path));
    server.ws.on("connection", () => this.problem && this.lay(this.problem));
    server.httpServer?.once("listening", () => this.tell({ happened: "listening" }));
  }
}

export default function development() {
  const address = process.env.PORTFOLIO_LAUNCHER;
  return {
    name: "portfolio-development",
    apply: (_, { command }) => command === "serve" && Boolean(address),
    configureServer(server) {
      // Vite starts anew inside the same process when its configuration changes.
      globalThis.portfolioDevelopment ??= new Development(address);
      const { portfolioDevelopment } = globalThis;
      portfolioDevelopment.attach(server);
      server.middlewares.use((...call) => portfolioDevelopment.hold(...call));
    },
    transform(code, id) {
      return id.endsWith("/app/entry.client.js") ? { code: code + CLIENT, map: null } : null;
    },
  };
}
