// Contents of the chapter at the side: where we are, what is answered, and how long it still takes.
(() => {
  const cells = document.getElementById("rendered_cells");
  const title = cells.querySelector("h1");
  const heads = [...cells.querySelectorAll("h2")];
  if (!/^\d/.test(title?.textContent.trim() ?? "") || document.body.classList.contains("qml-lecture")) return;
  const { labels } = JSON.parse(document.getElementById("qml-words").textContent);
  const said = labels[cells.querySelector("h1 ~ * a[href^='../'], h1 ~ a[href^='../']") ? "ja" : "en"];
  const WORDS = 200; // read in a minute
  const EXPLORER = 2; // minutes
  const QUESTION = 2; // minutes, where the text names none
  const NUMBERS = { one: 1, two: 2, three: 3, five: 5, ten: 10 };

  const make = (tag, parent, text = "") => {
    const node = document.createElement(tag);
    node.textContent = text;
    parent.append(node);
    return node;
  };
  const nav = document.createElement("nav");
  nav.id = "qml-contents";
  nav.setAttribute("aria-label", said["Contents of the chapter"]);
  cells.before(nav);
  const fold = make("details", nav);
  const summary = make("summary", fold);
  make("span", summary, said["Contents"]);
  const left = make("span", summary);
  left.className = "qml-left";
  const list = make("ol", fold);
  const rows = heads.map((head) => {
    const link = make("a", make("li", list), head.firstChild.textContent);
    link.href = `#${head.id}`;
    const tick = make("span", link);
    link.onclick = () => wide.matches || (fold.open = false);
    return { head, link, tick };
  });

  const wide = matchMedia("(min-width: 1480px)");
  const unfold = () => (fold.open = wide.matches);
  wide.addEventListener("change", unfold);
  unfold();
  document.body.classList.add("qml-with-contents");
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || wide.matches || !fold.open) return;
    if (nav.contains(document.activeElement)) summary.focus();
    fold.open = false;
  });
  addEventListener("pointerdown", (event) => {
    if (!wide.matches && !nav.contains(event.target)) fold.open = false;
  }, true);

  /** The last section that begins above a node; -1 before the first. */
  const section = (node) => rows.findLastIndex(({ head }) =>
    head.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING);
  const length = (text) => {
    const signs = text.match(/[\u3040-\u30ff\u4e00-\u9fff]/g)?.length ?? 0;
    return signs / 2.5 + (text.match(/[A-Za-z0-9][^\s\u3040-\u9fff]*/g)?.length ?? 0);
  };
  // a question is done where its status says so, or a kept prediction has locked its button
  const done = (card) =>
    card.querySelector(".qml-status[data-tone='good']") || [...card.querySelectorAll("button.qml-button")].every((one) => one.disabled);
  const asks = (card) => card.querySelector("button.qml-button");
  /** Minutes of an exercise as the text before it says. */
  const minutes = (card) => {
    let cell = card;
    while (cell.parentElement.parentElement !== cells) cell = cell.parentElement;
    cell = cell.previousElementSibling;
    while (cell && !cell.textContent.trim()) cell = cell.previousElementSibling;
    const found = cell?.textContent.match(/\((\w+) minutes?[^)]*\)|[（(](\d+) ?分/g)?.at(-1);
    const [, word, number] = found?.match(/\((\w+) minute|(\d+)/) ?? [];
    return NUMBERS[word] ?? (Number(number) || QUESTION);
  };

  function count() {
    const parts = rows.map(() => ({ asked: 0, answered: 0, reading: 0, open: 0 }));
    for (const text of cells.querySelectorAll(".jp-MarkdownOutput")) {
      // a text may hold several headings: each paragraph goes to its own section
      for (const one of text.children) {
        const at = section(one);
        if (at >= 0) parts[at].reading += length(one.textContent) / WORDS;
      }
    }
    for (const one of cells.querySelectorAll(".qml-explorer, .qml-veil")) {
      const at = section(one);
      if (at >= 0) parts[at].reading += EXPLORER;
    }
    for (const card of cells.querySelectorAll(".qml-card:not(.qml-veil, .qml-outcome)")) {
      const at = section(card);
      if (at < 0 || !asks(card)) continue;
      parts[at].asked += 1;
      if (done(card)) parts[at].answered += 1;
      else parts[at].open += minutes(card);
    }
    return parts;
  }

  let parts = [];
  function follow() {
    const at = rows.findLastIndex(({ head }) => head.getBoundingClientRect().top < innerHeight / 3);
    rows.forEach(({ link }, n) => n === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"));
    const more = parts.reduce((sum, part, n) => sum + part.open + (n >= Math.max(at, 0) ? part.reading : 0), 0);
    const words = said["about {count} minutes left"].replace("{count}", Math.max(1, Math.round(more)));
    if (left.textContent !== words) left.textContent = words;
  }
  function look() {
    parts = count();
    rows.forEach(({ tick }, n) => {
      const { asked, answered } = parts[n];
      const all = asked > 0 && answered === asked;
      tick.className = asked ? "qml-tick" : "";
      tick.textContent = all ? "✓" : asked ? `${answered}/${asked}` : "";
      tick.title = asked ? said["{count} of {all} answered"].replace("{count}", answered).replace("{all}", asked) : "";
      if (asked) tick.setAttribute("aria-label", tick.title);
      if (asked) tick.setAttribute("role", "img");
      tick.classList.toggle("qml-all", all);
    });
    follow();
  }
  let waits = 0;
  const soon = (what, ms) => () => {
    if (what === follow) return requestAnimationFrame(follow);
    clearTimeout(waits);
    waits = setTimeout(what, ms);
  };
  addEventListener("scroll", soon(follow), { passive: true, capture: true });
  // the button makes room while one scrolls down, and comes back on the way up
  let place = 0;
  cells.addEventListener("scroll", () => {
    const down = cells.scrollTop - place;
    if (Math.abs(down) < 12) return;
    place = cells.scrollTop;
    nav.classList.toggle("qml-away", down > 0 && !fold.open);
  }, { passive: true });
  new MutationObserver(soon(look, 300)).observe(cells, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-tone", "disabled"],
  });
  look();
})();
