// In the browser because it is there that a visitor's tabs see each other's run.
const CHANNEL = "burst";
const GONE_MS = 8_000; // without a word from the tab that runs it; the server then evicts its run for another

/** `hear` gets what another tab shows; `lost` is called when that tab has gone quiet in the middle of a run. */
export class Tabs {
  channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
  silence = null;

  constructor({ hear, lost, mine }) {
    if (!this.channel) return;
    this.channel.onmessage = ({ data }) => {
      if (data.hello) return mine() && this.tell(mine());
      clearTimeout(this.silence);
      if (data.shown.busy) this.silence = setTimeout(lost, GONE_MS);
      hear(data.shown);
    };
    this.channel.postMessage({ hello: true });
  }

  tell(shown) {
    this.channel?.postMessage({ shown });
  }
}
