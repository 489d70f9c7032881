/* Browsers start no worker from a file. Material's search asks for one: where a page is opened from a disk, this runs the
   worker's script in a hidden frame of the page instead. Nothing is fetched from anywhere else. */
(() => {
  "use strict";
  if (location.protocol !== "file:") return;

  const load = (frame, address) =>
    new Promise((done, failed) => {
      const script = frame.contentDocument.createElement("script");
      script.src = address;
      script.addEventListener("load", done);
      script.addEventListener("error", () => failed(new Error(`${address} can not be loaded`)));
      frame.contentDocument.body.append(script);
    });

  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.title = "Search";
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => this.answer(data);
      inside.importScripts = (...all) => all.reduce((before, one) => before.then(() => load(this.frame, new URL(one, address).href)), Promise.resolve());
      this.ready = load(this.frame, new URL(address, document.baseURI).href);
    }
    answer(data) {
      const event = new MessageEvent("message", { data });
      this.dispatchEvent(event);
      this.onmessage?.(event);
    }
    postMessage(data) {
      this.ready.then(
        () => this.frame.contentWindow?.dispatchEvent(new MessageEvent("message", { data })),
        (error) => console.warn(error.message),
      );
    }
    terminate() {
      this.frame.remove();
    }
  };
})();
