// Lecturer mode: one beat at a time in the full window, by arrow keys. Nothing comes from a network.
(() => {
  if (!document.body.classList.contains("qml-lecture")) return;
  const base = document.body.dataset.baseUrl || "/voila/";
  const name = decodeURIComponent(location.pathname.split("/").pop()).replace(".ipynb", "");
  const files = `${base}templates/lectures/static/${name}`;
  const make = (tag, id, parent = document.body) => {
    const node = document.createElement(tag);
    node.id = id;
    parent.append(node);
    return node;
  };
  const stored = {
    read: (key) => JSON.parse(localStorage.getItem(`qml-${name}-${key}`) || "null"),
    write: (key, value) => localStorage.setItem(`qml-${name}-${key}`, JSON.stringify(value)),
  };
  let lecture = null;
  let at = 0; // which beat
  let bookmark = 0; // the next bookmark of this beat
  let fallback = -1; // which stored picture
  let began = null; // when the timer was started
  let before = 0; // ms counted before the last pause
  let counts = []; // hands of the present vote
  let shown = false; // whether the vote's bars are shown

  const only = make("style", "qml-only", document.head);
  const bar = make("div", "qml-bar");
  const notes = make("aside", "qml-notes");
  const vote = make("section", "qml-vote");
  const stills = make("div", "qml-fallback");
  const help = make("div", "qml-help");
  for (const box of [notes, vote, stills, help]) box.hidden = true;
  bar.setAttribute("role", "status");
  notes.setAttribute("aria-label", "Notes for the lecturer");
  vote.setAttribute("aria-label", "Vote");
  let second = null; // the window with the notes, for another screen

  const beat = () => lecture.beats[at];
  const spent = () => before + (began === null ? 0 : performance.now() - began);
  const clock = (ms) => {
    const seconds = Math.floor(ms / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  const due = () => lecture.beats.slice(0, at + 1).reduce((sum, one) => sum + one.minutes, 0);
  const text = (parent, tag, words) => {
    const node = document.createElement(tag);
    node.textContent = words;
    parent.append(node);
    return node;
  };

  function tell() {
    if (!lecture) return;
    const late = spent() > due() * 60000;
    bar.textContent =
      `${at + 1} / ${lecture.beats.length}  ${beat().kind}   ${clock(spent())} of ${lecture.minutes}:00` +
      (began === null ? "  (t starts the clock)" : late ? "  late" : "");
    if (second && !second.closed) second.document.body.replaceChildren(...page().childNodes);
    else second = null;
  }

  function page() {
    const box = document.createElement("div");
    text(box, "h2", `${at + 1}. ${beat().kind}: ${beat().minutes} minutes, until ${due()}:00`);
    text(box, "p", beat().say || "No note for this beat.");
    if (beat().bookmarks.length) text(box, "p", `b sets: ${beat().bookmarks.join("  then  ")}`);
    const next = lecture.beats[at + 1];
    text(box, "p", next ? `Next: ${next.kind}. ${next.say}` : "This is the last beat.");
    text(box, "p", `If something fails: ${lecture.fails}`);
    return box;
  }

  function show(to) {
    at = Math.min(Math.max(to, 0), lecture.beats.length - 1);
    bookmark = 0;
    shown = false;
    fallback = -1;
    stills.hidden = true;
    const chosen = beat().cells.map((id) => `[id="cell-id=${CSS.escape(id)}"]`).join(",");
    only.textContent = `body.qml-beat .jp-Cell:not(${chosen}) { display: none !important; }`;
    document.getElementById("rendered_cells")?.scrollTo(0, 0);
    scrollTo(0, 0);
    notes.replaceChildren(...page().childNodes);
    vote.hidden = beat().options.length === 0;
    counts = stored.read(`counts-${at}`) || beat().options.map(() => 0);
    ballot();
    tell();
  }

  function ballot() {
    vote.replaceChildren();
    if (!beat().options.length) return;
    text(vote, "h2", "Hands");
    const all = counts.reduce((sum, one) => sum + one, 0);
    beat().options.forEach((option, n) => {
      const row = make("div", `qml-vote-${n}`, vote);
      const less = text(row, "button", "−");
      const number = text(row, "output", String(counts[n]));
      const more = text(row, "button", "+");
      less.setAttribute("aria-label", `one hand less for ${option}`);
      more.setAttribute("aria-label", `one hand more for ${option}`);
      less.onclick = () => count(n, -1);
      more.onclick = () => count(n, 1);
      number.setAttribute("aria-live", "polite");
      text(row, "span", `${n + 1}. ${option}`);
      const line = make("i", `qml-share-${n}`, row);
      line.style.width = shown && all ? `${(100 * counts[n]) / all}%` : "0";
      if (shown && all) text(row, "b", `${Math.round((100 * counts[n]) / all)} %`);
    });
    const past = stored.read(`past-${at}`) || [];
    const words = past.length ? `Counted before: ${past.map((one) => one.join(", ")).join("; ")}.` : "";
    text(vote, "p", `Keys 1 to ${counts.length} add a hand, with Shift take one away; r shows the bars. ${words}`);
    const keep = text(vote, "button", "Keep these counts for next time");
    keep.onclick = () => {
      stored.write(`past-${at}`, [...past, counts].slice(-5));
      counts = counts.map(() => 0);
      stored.write(`counts-${at}`, counts);
      ballot();
    };
  }

  function count(n, by) {
    if (n >= counts.length) return;
    counts[n] = Math.max(0, counts[n] + by);
    stored.write(`counts-${at}`, counts);
    ballot();
  }

  /** Put the explorer of this beat into a bookmarked state. */
  function set() {
    const wanted = beat().bookmarks;
    if (!wanted.length) return;
    const now = wanted[bookmark++ % wanted.length];
    const fields = [...document.querySelectorAll(".qml-explorer .qml-bookmark input")];
    const field = fields.find((one) => one.value.split(":")[0] === now.split(":")[0]);
    if (!field) return;
    field.value = now;
    for (const event of ["input", "change"]) field.dispatchEvent(new Event(event, { bubbles: true }));
  }

  function still() {
    fallback = fallback + 1 < lecture.pictures ? fallback + 1 : -1;
    stills.hidden = fallback < 0;
    if (fallback < 0) return;
    const picture = document.createElement("img");
    picture.src = `${files}-${fallback}.png`;
    picture.alt = `Stored picture ${fallback + 1} of ${lecture.pictures}`;
    stills.replaceChildren(picture);
  }

  function notesWindow() {
    second = open("", "qml-notes", "width=700,height=500");
    if (!second) return;
    second.document.title = "Notes";
    second.document.body.style.cssText = "font: 22px/1.5 system-ui, sans-serif; margin: 1em;";
    tell();
  }

  const keys = {
    ArrowRight: ["next beat", () => show(at + 1)],
    ArrowLeft: ["beat before", () => show(at - 1)],
    c: ["controls beside the picture", () => document.body.classList.toggle("qml-controls")],
    b: ["next bookmarked state", set],
    n: ["notes on this screen", () => (notes.hidden = !notes.hidden)],
    w: ["notes in a window of their own", notesWindow],
    v: ["vote box", () => (vote.hidden = !vote.hidden || !beat().options.length)],
    r: ["bars of the vote", () => ((shown = !shown), ballot())],
    t: ["start or stop the clock", toggle],
    p: ["stored pictures, if something fails", still],
    Escape: ["whole chapter, and back", () => document.body.classList.toggle("qml-beat")],
    f: ["full screen", null],
    "?": ["these keys", () => (help.hidden = !help.hidden)],
  };
  keys.PageDown = [null, keys.ArrowRight[1]];
  keys.PageUp = [null, keys.ArrowLeft[1]];

  function toggle() {
    if (began === null) began = performance.now();
    else {
      before = spent();
      began = null;
    }
    tell();
  }

  const typing = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select");
  const steers = (target) => target.closest?.("[role=slider], .noUi-handle, canvas.qml-picture, input");
  addEventListener(
    "keydown",
    (event) => {
      if (!lecture || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
      if (event.key.startsWith("Arrow") && steers(event.target)) return; // the handle moves
      const digit = /^Digit([1-9])$/.exec(event.code);
      if (digit && document.body.classList.contains("qml-beat") && !vote.hidden) {
        count(Number(digit[1]) - 1, event.shiftKey ? -1 : 1);
      } else if (keys[event.key]?.[1]) {
        const inside = document.body.classList.contains("qml-beat");
        if (!inside && !["Escape", "?", "t", "n", "w"].includes(event.key)) return;
        keys[event.key][1]();
      } else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  fetch(`${files}.json`)
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((data) => {
      if (!data) return; // a page without a guide: section by section
      lecture = data;
      for (const [key, [words]] of Object.entries(keys)) {
        if (!words) continue;
        const row = make("p", "", help);
        text(row, "kbd", { ArrowRight: "→", ArrowLeft: "←", Escape: "Esc" }[key] || key);
        text(row, "span", words);
      }
      document.body.classList.add("qml-beat");
      setInterval(tell, 1000);
      show(0);
    })
    .catch(() => {});
})();
