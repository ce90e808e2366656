// Keys for the lecturer: arrows or Page keys go from section to section, f fills the screen.
(() => {
  const asked = new URLSearchParams(location.search);
  if (asked.has("present")) document.body.classList.add("qml-lecture");
  const sections = () => [...document.querySelectorAll("#rendered_cells :is(h1, h2)")];
  const here = document.getElementById("qml-here");
  const current = () => {
    const tops = sections().map((one) => one.getBoundingClientRect().top);
    return Math.max(0, tops.filter((top) => top < 80).length - 1);
  };
  const show = () => {
    const all = sections();
    if (all.length) here.textContent = `${current() + 1} / ${all.length}`;
  };
  const go = (step) => {
    const all = sections();
    const to = Math.min(Math.max(current() + step, 0), all.length - 1);
    all[to]?.scrollIntoView({ block: "start" });
  };
  const busy = (target) =>
    target.closest?.("input, select, textarea, button, img, [role=slider], .noUi-handle, [contenteditable]");
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || busy(event.target)) return;
    const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (step && document.body.classList.contains("qml-lecture")) {
      event.preventDefault();
      go(step);
    } else if (event.key === "f") {
      document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    }
  });
  // once a frame at most, and only in the lecture, where it is seen: it asks for places on the page
  let waiting = 0;
  const soon = () => {
    if (!document.body.classList.contains("qml-lecture")) return;
    waiting ||= requestAnimationFrame(() => { waiting = 0; show(); });
  };
  addEventListener("scroll", soon, { passive: true, capture: true });
  new MutationObserver(soon).observe(document.getElementById("rendered_cells"), { childList: true, subtree: true });
})();

// A page whose kernel has ended, or whose server is away, says so and what to do.
(() => {
  const data = JSON.parse(document.getElementById("jupyter-config-data")?.textContent || "{}");
  const lost = document.getElementById("qml-lost");
  if (!data.kernelId || !lost) return;
  const where = `${data.baseUrl || "/"}api/kernels/${data.kernelId}`;
  const again = document.createElement("button");
  again.textContent = "Reload";
  again.onclick = () => location.reload();
  const say = (words, button) => {
    lost.textContent = words;
    if (button) lost.append(" ", again);
    lost.hidden = !words;
  };
  let away = false;
  async function look() {
    let wait = 4000;
    try {
      const answer = await fetch(where, { cache: "no-store" });
      if (answer.status === 404) {
        return say("This page has lost its kernel: it was idle for long, or the server was started anew. What you kept is safe; set the controls again after reloading.", true);
      }
      if (away) say("");
      away = false;
    } catch {
      away = true;
      wait = 2000;
      say("The server cannot be reached. Trying again …");
    }
    setTimeout(look, wait);
  }
  setTimeout(look, 4000);
})();

// What scrolls inside of itself can be scrolled with the keyboard.
(() => {
  const reach = () => {
    for (const box of document.querySelectorAll(".jp-OutputArea-output pre, mjx-container[display]")) {
      const far = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (far && !box.hasAttribute("tabindex")) box.tabIndex = 0;
    }
  };
  let waiting = 0;
  const soon = () => (waiting ||= setTimeout(() => { waiting = 0; reach(); }, 500));
  addEventListener("resize", soon);
  new MutationObserver(soon).observe(document.getElementById("rendered_cells"), { childList: true, subtree: true });
})();

// Each widget is shown, however slowly its page loads.
// Jupyter's renderer looks for a widget for two seconds. If the page is busy at their end, it gives
// up without another look, although the widget is there by then. So the places of widgets are
// filled here, each as soon as its widget is there.
(() => {
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const SCRIPT = 'script[type="application/vnd.voila.cell-output+json"]';
  const PATIENCE = 60000;
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const places = [];
  for (const script of document.querySelectorAll(SCRIPT)) {
    const id = JSON.parse(script.textContent).data?.[VIEW]?.model_id;
    if (!id) continue;
    const place = document.createElement("div");
    place.className = "jp-OutputArea-output";
    script.replaceWith(place);
    places.push([place, id]);
  }
  async function show(manager, place, id) {
    const end = Date.now() + PATIENCE;
    while (!manager.has_model(id) && Date.now() < end) await sleep(50);
    const view = await manager.create_view(await manager.get_model(id));
    const widget = view.luminoWidget;
    place.append(widget.node);
    widget.processMessage({ type: "after-attach", isConflatable: false });
  }
  async function fill() {
    while (!window.jupyterapp) await sleep(20);
    const manager = await window.jupyterapp.widgetManagerPromise.promise;
    for (const [place, id] of places) {
      show(manager, place, id).catch((error) => {
        place.textContent = "This part of the page could not be loaded; reload the page.";
        console.error(error);
      });
    }
  }
  if (places.length) fill();
})();

// A cell of a page that fills in while it runs may have several outputs.
// Voila's page shows the first of them and forgets the others where a widget comes later than the
// sentence that it is there; so each output gets a message of its own.
window.WebSocket = class extends WebSocket {
  set onmessage(handler) {
    if (!this.url.includes("/voila/execution/")) {
      super.onmessage = handler;
      return;
    }
    super.onmessage = (event) => {
      const { action, payload } = JSON.parse(event.data);
      const outputs = payload?.output_cell?.outputs ?? [];
      if (outputs.length < 2) return handler(event);
      for (const one of outputs) {
        const cell = { ...payload.output_cell, outputs: [one] };
        handler({ data: JSON.stringify({ action, payload: { ...payload, output_cell: cell } }) });
      }
    };
  }
};
