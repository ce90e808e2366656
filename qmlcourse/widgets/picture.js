// The browser's half of qmlcourse.widgets: a picture, a status line, a file chooser.
// It is read together with display.js, which draws.
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

/**
 * Resolves once the font of all pictures is there: this machine's own, or else the kernel's, which is
 * asked for once a page.
 */
function lettering(model) {
  const faces = (sources) =>
    Promise.all(
      Object.entries(sources).map(async ([weight, source]) =>
        document.fonts.add(await new FontFace(FONT, source, { weight }).load()),
      ),
    );
  const sent = () =>
    new Promise((resolve) => {
      model.on("msg:custom", ({ do: what, weights }, buffers) => {
        if (what === "fonts") resolve(Object.fromEntries(weights.map((weight, n) => [weight, buffers[n]])));
      });
      model.send({ do: "fonts" });
    });
  globalThis.qmlFonts ??= faces({ normal: 'local("DejaVu Sans")', bold: 'local("DejaVu Sans Bold")' })
    .catch(async () => faces(await sent()))
    .catch(() => {}); // the page's own fonts then
  return globalThis.qmlFonts;
}

/** What is drawn, at the resolution of the screen: a scene that stays, and what moves over it. */
function picture(model, el) {
  el.classList.add("qml-frame");
  const img = make("canvas", "qml-picture", el);
  img.setAttribute("role", "img");
  const still = new OffscreenCanvas(1, 1);
  let scene = null; // the display list that `still` shows
  let moving = null;
  let frame = 0;
  let fault = null;

  const sharp = () => {
    const box = img.getBoundingClientRect();
    const wide = box.width || model.get("width");
    return Math.min((wide * devicePixelRatio) / scene.width, 4);
  };
  const paint = () => {
    frame = 0;
    if (!scene) return;
    try {
      const scale = sharp();
      const [w, h] = [Math.round(scene.width * scale), Math.round(scene.height * scale)];
      if (scene.drawnAt !== scale) {
        [still.width, still.height] = [w, h];
        const ctx = still.getContext("2d");
        ctx.setTransform(w / scene.width, 0, 0, h / scene.height, 0, 0);
        replay(ctx, scene);
        scene.drawnAt = scale;
      }
      if (img.width !== w || img.height !== h) [img.width, img.height] = [w, h];
      const ctx = img.getContext("2d");
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.clearRect(0, 0, w, h);
      ctx.drawImage(still, 0, 0);
      ctx.setTransform(w / scene.width, 0, 0, h / scene.height, 0, 0);
      if (moving) replay(ctx, moving);
      img.complete = true;
      img.dispatchEvent(new Event("load"));
    } catch (error) {
      complain(error);
    }
  };
  const soon = () => (frame ||= requestAnimationFrame(paint));
  lettering(model).then(() => {
    if (scene) scene.drawnAt = 0;
    soon();
  });
  const complain = (error) => {
    fault ??= make("p", "qml-fault", el);
    fault.textContent = error.message;
  };
  const list = (trait) => {
    const bytes = model.get(trait);
    if (!bytes || !bytes.byteLength) return null;
    return unpack(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  };
  const drawing = (read) => () => {
    try {
      read();
      fault?.remove();
      fault = null;
      img.classList.toggle("qml-coming", !scene);
      soon();
    } catch (error) {
      complain(error);
    }
  };
  const scenery = drawing(() => (scene = list("scene")));
  const motion = drawing(() => (moving = list("moving")));
  const words = () => {
    img.alt = model.get("alt");
    img.setAttribute("alt", img.alt);
    img.setAttribute("aria-label", img.alt);
    img.title = model.get("hint");
  };
  const shape = () => {
    const [width, height] = [model.get("width"), model.get("height")];
    img.style.setProperty("--qml-picture-width", `${width}px`);
    img.style.setProperty("--qml-ratio", width / height);
    img.style.aspectRatio = `${width} / ${height}`;
    soon();
  };
  const manners = () => {
    img.classList.toggle("qml-draggable", model.get("draggable"));
    if (model.get("steerable")) img.tabIndex = 0;
    else img.removeAttribute("tabindex");
  };
  // the layout is solved for the width that the page gives; a lecture enlarges it instead
  let asking = 0;
  let due = true; // the width may have changed since it was told
  let seen = false;
  const ask = () => {
    due = false;
    const wide = Math.floor(el.getBoundingClientRect().width);
    const known = model.get("room");
    if (!(wide > 0)) return;
    const room = document.body.matches(".qml-beat, .qml-lecture") ? known || -1 : wide;
    if (room === known || (known > 0 && Math.abs(room - known) <= 4)) return;
    model.set("room", room);
    model.save_changes();
  };
  const measure = () => {
    due = true;
    soon();
    clearTimeout(asking);
    if (seen) asking = setTimeout(ask, 60);
  };
  const sizes = new ResizeObserver(measure);
  sizes.observe(el);
  // what is in sight comes first; the others follow one after the other, when first drawn
  const sight = new IntersectionObserver(
    (entries) => {
      seen = entries.at(-1).isIntersecting;
      if (seen && due) measure();
    },
    { rootMargin: "100% 0px" },
  );
  sight.observe(el);
  const turn = setTimeout(() => due && ask(), 2000 + 400 * document.querySelectorAll(".qml-picture").length);

  const moves = mailbox(model, "pointer", (_, newest) => newest);
  const steps = mailbox(model, "arrows", (sum, one) =>
    sum ? { dx: sum.dx + one.dx, dy: sum.dy + one.dy } : one,
  );
  // reports may overtake each other on their way while the kernel is busy, and only the newest comes
  // through: each says where the pointer was pressed
  let pressed = null;
  const report = (event, phase) => {
    const box = img.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = 1 - (event.clientY - box.top) / box.height;
    if (phase === "down") pressed = { x, y, n: ++serial };
    moves.post({ x, y, phase, pressed }, phase !== "move");
  };
  // the value under the pointer, read in the browser alone
  const tip = make("div", "qml-tip", el);
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  const tell = (event) => {
    const box = img.getBoundingClientRect();
    const scale = scene && scene.width / box.width;
    const found =
      scene && !dragging && event.pointerType !== "touch"
        ? readAt(
            scene,
            [scene, moving].filter(Boolean),
            (event.clientX - box.left) * scale,
            (event.clientY - box.top) * scale,
          )
        : null;
    tip.hidden = !found;
    if (!found) return;
    tip.replaceChildren(...found.words.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
    const [x, y] = found.at.map((v) => v / scale);
    const right = x > box.width - 180;
    tip.style.left = `${right ? x - tip.offsetWidth - 12 : x + 12}px`;
    tip.style.top = `${Math.max(y - tip.offsetHeight - 8, 0)}px`;
  };
  img.addEventListener("pointerleave", () => (tip.hidden = true));
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
  img.addEventListener("pointermove", (event) => (dragging ? report(event, "move") : tell(event)));
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
    ["change:scene", scenery],
    ["change:moving", motion],
    ["change:alt", words],
    ["change:hint", words],
    ["change:width", shape],
    ["change:height", shape],
    ["change:draggable", manners],
    ["change:steerable", manners],
    ["change:seen", answered],
  ];
  for (const [event, handle] of watch) model.on(event, handle);
  for (const start of [shape, words, manners, scenery, motion, measure]) start();
  return () => {
    for (const [event, handle] of watch) model.off(event, handle);
    moves.close();
    steps.close();
    sizes.disconnect();
    sight.disconnect();
    clearTimeout(turn);
    clearTimeout(asking);
    cancelAnimationFrame(frame);
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

function initialize({ model }) {
  model.on("msg:custom", offer);
}

export default {
  initialize,
  render: ({ model, el }) => PARTS[model.get("kind")](model, el),
};
