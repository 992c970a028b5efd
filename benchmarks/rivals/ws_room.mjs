// A bare broadcaster on Node's `ws`: one room, one frame a message, written to every socket.
// No database, moderation, audit or tracing: the rival is given less to do than the site. Its frames have the few
// characters in front that engine.io's have, so that the same client measures it.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [port, ws] = process.argv.slice(2);
const { WebSocketServer } = createRequire(import.meta.url)(ws);
const server = createServer((_request, response) => response.end("ready"));
const room = new WebSocketServer({ server, perMessageDeflate: false });
let rev = 0;

room.on("connection", (socket) => {
  const tag = randomUUID().slice(0, 4);
  socket.on("message", (data) => {
    const text = data.toString();
    if (!text.startsWith("42")) {
      socket.send(text);
      return;
    }
    const [, cid, body] = JSON.parse(text.slice(2));
    rev += 1;
    const message = { id: randomUUID(), rev, cid, author: "demo", tag, body, at: new Date().toISOString(), status: "visible" };
    const frame = "42" + JSON.stringify(["arrivals", [message]]);
    for (const other of room.clients) other.send(frame);
  });
  socket.send("0");
});

server.listen(Number(port), "127.0.0.1");
