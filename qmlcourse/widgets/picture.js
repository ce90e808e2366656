// The browser's half of qmlcourse.widgets: a picture, a status line, a file chooser.
// Each part is a function of (model, el); the model's "kind" names it.

const PATIENCE = 250; // ms after which a move is sent although no new picture came
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function make(tag, className, parent) {
  const node = document.createElement(tag);
  node.className = className;
  parent.append(node);
  return node;
}

let serial = Date.now(); // no report of this page shares its number with another

/** Sends one report at a time: the newest waits until the kernel has answered the one before. */
function mailbox(model, trait, join) {
  let waiting = null;
  let next = null;
  let timer = 0;

  function send(report) {
    const n = ++serial;
    waiting = n;
    timer = setTimeout(release, PATIENCE);
    model.set(trait, { ...report, n });
    model.save_changes();
  }
  function release() {
    clearTimeout(timer);
    waiting = null;
    if (next) {
      const report = next;
      next = null;
      send(report);
    }
  }
  return {
    post(report, urgent = false) {
      if (waiting === null || urgent) {
        clearTimeout(timer);
        next = null;
        send(report);
      } else {
        next = join(next, report);
      }
    },
    answered: () => model.get("seen") === waiting && release(),
    close: () => clearTimeout(timer),
  };
}

function picture(model, el) {
  const img = make("img", "qml-picture", el);
  let shown = null;

  const drawing = () => {
    const png = model.get("png");
    img.hidden = !png || png.byteLength === 0;
    if (img.hidden) return;
    const old = shown;
    shown = URL.createObjectURL(new Blob([png], { type: "image/png" }));
    img.src = shown;
    if (old) img.decode().catch(() => {}).finally(() => URL.revokeObjectURL(old));
  };
  const words = () => {
    img.alt = model.get("alt");
    img.title = model.get("hint");
  };
  const shape = () => {
    img.width = model.get("width");
    img.height = model.get("height");
    img.style.setProperty("--qml-picture-width", `${img.width}px`);
    img.style.setProperty("--qml-ratio", img.width / img.height);
    img.style.aspectRatio = `${img.width} / ${img.height}`;
  };
  const manners = () => {
    img.classList.toggle("qml-draggable", model.get("draggable"));
    if (model.get("steerable")) img.tabIndex = 0;
    else img.removeAttribute("tabindex");
  };

  const moves = mailbox(model, "pointer", (_, newest) => newest);
  const steps = mailbox(model, "arrows", (sum, one) =>
    sum ? { dx: sum.dx + one.dx, dy: sum.dy + one.dy } : one,
  );
  const report = (event, phase) => {
    const box = img.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = 1 - (event.clientY - box.top) / box.height;
    moves.post({ x, y, phase }, phase !== "move");
  };
  let dragging = false;
  img.draggable = false;
  img.addEventListener("pointerdown", (event) => {
    if (!model.get("draggable") || event.button !== 0) return;
    dragging = true;
    img.setPointerCapture(event.pointerId);
    img.focus({ preventScroll: true });
    report(event, "down");
    event.preventDefault();
  });
  img.addEventListener("pointermove", (event) => dragging && report(event, "move"));
  for (const end of ["pointerup", "pointercancel"]) {
    img.addEventListener(end, (event) => {
      if (dragging) report(event, "up");
      dragging = false;
    });
  }
  img.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way || !model.get("steerable") || event.altKey || event.ctrlKey || event.metaKey) return;
    const far = event.shiftKey ? 10 : 1;
    steps.post({ dx: way[0] * far, dy: way[1] * far });
    event.preventDefault();
    event.stopPropagation();
  });

  const answered = () => {
    moves.answered();
    steps.answered();
  };
  const watch = [
    ["change:png", drawing],
    ["change:alt", words],
    ["change:hint", words],
    ["change:width", shape],
    ["change:height", shape],
    ["change:draggable", manners],
    ["change:steerable", manners],
    ["change:seen", answered],
  ];
  for (const [event, handle] of watch) model.on(event, handle);
  for (const start of [shape, words, manners, drawing]) start();
  return () => {
    for (const [event, handle] of watch) model.off(event, handle);
    moves.close();
    steps.close();
    if (shown) URL.revokeObjectURL(shown);
  };
}

/** Tells assistive technology what ipywidgets leaves unsaid: names of handles, pressed buttons. */
function assist(root) {
  for (const control of root.querySelectorAll(".widget-inline-hbox")) {
    const name = control.querySelector(".widget-label")?.textContent;
    for (const part of control.querySelectorAll(".noUi-handle, .widget-readout")) {
      if (name) part.setAttribute("aria-label", name);
    }
  }
  for (const button of root.querySelectorAll(".widget-toggle-button")) {
    const state = button.classList.contains("qml-fold-button") ? "aria-expanded" : "aria-pressed";
    button.setAttribute(state, button.classList.contains("mod-active"));
  }
}

/** Assists the part of the page around a node, now and whenever it changes. */
function attend(node) {
  const watch = new MutationObserver(() => assist(node.closest(".qml")));
  let frame = 0;
  const begin = () => {
    const root = node.closest(".qml");
    if (!root) return void (frame = requestAnimationFrame(begin));
    assist(root);
    const changes = { childList: true, subtree: true, attributes: true };
    watch.observe(root, { ...changes, attributeFilter: ["class"] });
  };
  begin();
  return () => {
    cancelAnimationFrame(frame);
    watch.disconnect();
  };
}

function status(model, el) {
  const line = make("div", "qml-status", el);
  line.setAttribute("role", "status");
  line.setAttribute("aria-live", "polite");
  const say = () => {
    line.textContent = model.get("text");
    line.dataset.tone = model.get("tone");
  };
  model.on("change", say);
  say();
  const leave = attend(line);
  return () => {
    model.off("change", say);
    leave();
  };
}

function chooser(model, el) {
  const label = make("label", "qml-chooser", el);
  const words = make("span", "qml-chooser-label", label);
  const input = make("input", "qml-chooser-input", label);
  input.type = "file";
  const name = make("span", "qml-chooser-name", label);
  const shape = () => {
    words.textContent = model.get("label");
    input.accept = model.get("accept");
  };
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    name.textContent = file.name;
    const message = { do: "file", name: file.name, size: file.size };
    if (file.size > model.get("limit")) model.send(message);
    else model.send(message, undefined, [await file.arrayBuffer()]);
    input.value = "";
  });
  model.on("change", shape);
  shape();
  return () => model.off("change", shape);
}

/** Hands a file to the browser's own download. */
function offer(message, buffers) {
  if (message.do !== "offer") return;
  const url = URL.createObjectURL(new Blob([buffers[0]], { type: message.mime }));
  const link = document.createElement("a");
  link.href = url;
  link.download = message.name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const PARTS = { picture, status, chooser };

export default {
  initialize: ({ model }) => model.on("msg:custom", offer),
  render: ({ model, el }) => PARTS[model.get("kind")](model, el),
};
