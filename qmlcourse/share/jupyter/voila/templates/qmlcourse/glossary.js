// Words of the glossary open as a card: when the pointer rests on one, by tap, by Tab and Enter.
(() => {
  const { words, labels } = JSON.parse(document.getElementById("qml-words").textContent);
  const alone = !location.pathname.includes("/render/"); // one notebook without its folder
  const REST = 350; // ms that the pointer rests before a card opens
  const LEAVE = 250; // ms in which the pointer may cross from the word to the card
  let word = null; // the link whose card is open
  let later = 0;

  const card = document.createElement("div");
  card.id = "qml-word";
  card.setAttribute("role", "dialog");
  card.tabIndex = -1;
  card.hidden = true;
  document.body.append(card);

  const make = (tag, parent, text = "") => {
    const node = document.createElement(tag);
    node.textContent = text;
    parent.append(node);
    return node;
  };
  const said = (link) => labels[link.getAttribute("href").startsWith("../") ? "ja" : "en"];
  const entry = (link) => {
    const [page, name] = (link.getAttribute("href") || "").split("#");
    return page.endsWith("glossary.ipynb") && name ? words[decodeURIComponent(name)] : undefined;
  };
  // what this server cannot show: other notebooks where one is served alone, and text files
  const missing = (link) => {
    const href = link.getAttribute("href") || "";
    if (/^(\w+:|#)/.test(href)) return "";
    const file = href.split("#")[0];
    return file.endsWith(".md") || (alone && file.endsWith(".ipynb")) ? file : "";
  };
  const special = (target) => {
    const link = target.closest?.("#rendered_cells a[href], #qml-word a[href]");
    return link && (entry(link) || missing(link)) ? link : null;
  };

  function fill(link) {
    const found = entry(link);
    card.replaceChildren();
    const head = make("h2", card, found ? found.word : link.textContent.trim());
    head.id = "qml-word-head";
    const body = make("div", card);
    body.id = "qml-word-text";
    if (!found) {
      const file = missing(link);
      const number = Number(file.match(/(\d\d)_\w+\.ipynb$/)?.[1]);
      const notebook = file.endsWith(".ipynb");
      make("p", body, said(link)[notebook
        ? "This chapter is served alone. This command opens the other one:" : "This is a file of the course:"]);
      const path = `chapters/${file}`.replace(/[^/]+\/\.\.\//g, "");
      make("code", body, !notebook ? path : Number.isNaN(number) ? "qmlcourse present" : `qmlcourse present ${number}`);
      return;
    }
    body.innerHTML = found.text + found.picture;
    const folder = link.getAttribute("href").split("glossary.ipynb")[0];
    for (const one of body.querySelectorAll("a[href]")) {
      const href = one.getAttribute("href");
      if (location.pathname.endsWith(href) || document.title === href.replace(".ipynb", "")) one.replaceWith(...one.childNodes); // we are there
      else one.setAttribute("href", folder + href);
    }
    if (alone) return;
    const go = make("a", make("p", card), said(link)["In the glossary"]);
    go.href = link.href;
    go.target = "_blank";
    go.rel = "noopener";
    go.className = "qml-word-go";
    go.setAttribute("aria-label", `${go.textContent}: ${found.word} (${said(link)["opens a new tab"]})`);
  }

  /** How much of the pictures in sight a box of the window would cover, in square pixels. */
  const covered = (left, top, width, height) =>
    [...document.querySelectorAll("canvas.qml-picture, .jp-RenderedImage img")].reduce((sum, one) => {
      const box = one.getBoundingClientRect();
      const across = Math.min(left + width, box.right) - Math.max(left, box.left);
      const down = Math.min(top + height, box.bottom) - Math.max(top, box.top);
      return sum + Math.max(across, 0) * Math.max(down, 0);
    }, 0);

  function place() {
    const lines = [...word.getClientRects()];
    if (!lines.length) return close();
    const [first, last] = [lines[0], lines.at(-1)];
    if (last.bottom < 0 || first.top > innerHeight) return close();
    const { width, height } = card.getBoundingClientRect();
    const left = Math.max(8, Math.min(first.left - 12, document.documentElement.clientWidth - width - 8));
    const tops = [last.bottom + 6, first.top - height - 6];
    const cost = (top) => covered(left, top, width, height)
      + 1e7 * Math.max(0, -top, top + height - innerHeight);
    const top = cost(tops[0]) <= cost(tops[1]) ? tops[0] : tops[1];
    card.style.left = `${left}px`;
    card.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
  }

  function open(link) {
    clearTimeout(later);
    if (word === link) return;
    if (word) close();
    word = link;
    fill(link);
    card.hidden = false;
    card.setAttribute("aria-labelledby", "qml-word-head");
    link.setAttribute("aria-describedby", "qml-word-text");
    link.setAttribute("aria-expanded", "true");
    place();
  }

  function close() {
    clearTimeout(later);
    if (!word) return;
    const inside = card.contains(document.activeElement);
    word.removeAttribute("aria-describedby");
    word.setAttribute("aria-expanded", "false");
    if (inside) quietly(word);
    word = null;
    card.hidden = true;
  }

  /** Give the focus back to a word without opening its card again. */
  let quiet = false;
  function quietly(link) {
    quiet = true;
    link.focus();
    quiet = false;
  }

  const links = () => [...card.querySelectorAll("a[href]")];

  addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (card.contains(event.target)) return clearTimeout(later);
    const link = special(event.target);
    if (link === word && link) return clearTimeout(later);
    clearTimeout(later);
    if (link) later = setTimeout(() => open(link), REST);
    else if (word && document.activeElement !== word && !card.contains(document.activeElement))
      later = setTimeout(close, LEAVE);
  });
  addEventListener("focusin", (event) => {
    if (card.contains(event.target)) return;
    const link = special(event.target);
    if (link && !quiet && link.matches(":focus-visible")) open(link);
    else if (link !== word) close();
  });
  addEventListener("pointerdown", (event) => {
    if (word && !card.contains(event.target) && !word.contains(event.target)) close();
  }, true);
  addEventListener("click", (event) => {
    const link = special(event.target);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (link.classList.contains("qml-word-go")) return;
    event.preventDefault(); // leaving the page would end its kernel; the card has the link
    open(link);
    if (event.detail === 0) (links()[0] ?? card).focus(); // by Enter: on into the card
  });
  // before the lecture's keys, which know Escape too
  addEventListener("keydown", (event) => {
    if (!word) return;
    if (event.key === "Escape") {
      event.stopImmediatePropagation();
      event.preventDefault();
      close();
    } else if (event.key === "Tab" && card.contains(document.activeElement)) {
      const all = links();
      const end = (event.shiftKey ? all[0] : all.at(-1)) ?? card;
      if (document.activeElement !== end) return;
      const from = word;
      if (event.shiftKey) event.preventDefault();
      close();
      quietly(from); // Tab goes on from the word
    } else if (/^(Arrow|Page)/.test(event.key) && !card.contains(document.activeElement)) close(); // another beat
  }, true);
  addEventListener("scroll", () => word && place(), { passive: true, capture: true });
  addEventListener("resize", () => word && place());

  const mark = () => {
    for (const link of document.querySelectorAll("#rendered_cells a[href*='glossary.ipynb#']:not(.qml-term)"))
      if (entry(link)) {
        link.classList.add("qml-term");
        link.setAttribute("aria-haspopup", "dialog");
        link.setAttribute("aria-expanded", "false");
      }
  };
  mark();
  new MutationObserver(mark).observe(document.getElementById("rendered_cells"), { childList: true, subtree: true });
})();

// The glossary itself: a field that searches, and a row of letters. It needs no kernel.
(() => {
  const { labels } = JSON.parse(document.getElementById("qml-words").textContent);
  const title = document.getElementById("Glossary-and-symbols");
  if (!title) return;
  const said = labels.en;
  const heads = [...document.querySelectorAll("#rendered_cells h3[id]")];
  const entries = heads.map((head) => {
    const box = document.createElement("section");
    box.className = "qml-entry";
    head.before(box);
    let next = head;
    while (next && (next === head || next.tagName !== "H3")) {
      const one = next;
      next = one.nextSibling;
      box.append(one);
    }
    return { box, word: head.id, text: box.textContent.toLowerCase() };
  });
  const tools = document.createElement("div");
  tools.id = "qml-find";
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = said["Search the glossary"];
  field.setAttribute("aria-label", said["Search the glossary"]);
  const count = document.createElement("span");
  count.setAttribute("role", "status");
  const row = document.createElement("nav");
  row.setAttribute("aria-label", said["Words by letter"]);
  tools.append(field, count, row);
  let cell = title; // as a cell of its own, so that it stays in sight
  while (cell.parentElement.parentElement.id !== "rendered_cells") cell = cell.parentElement;
  cell.after(tools);
  for (const letter of new Set(entries.map((one) => one.word[0].toUpperCase()))) {
    const link = document.createElement("a");
    link.textContent = letter;
    link.href = `#${entries.find((one) => one.word[0].toUpperCase() === letter).word}`;
    link.onclick = () => find("");
    row.append(link);
  }
  function find(wanted) {
    if (field.value !== wanted) field.value = wanted;
    const parts = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    let seen = 0;
    for (const one of entries) {
      one.box.hidden = !parts.every((part) => one.text.includes(part));
      seen += !one.box.hidden;
    }
    count.textContent = parts.length
      ? said["{count} of {all} words"].replace("{count}", seen).replace("{all}", entries.length) : "";
  }
  field.addEventListener("input", () => find(field.value));
})();

// A link to one word or section: Voila moves the page into place after the browser looked for it.
(() => {
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!wanted) return;
  const began = performance.now();
  const look = setInterval(() => {
    if (wanted.getClientRects().length) wanted.scrollIntoView({ behavior: "instant" });
    if (performance.now() - began > 15_000) stop();
  }, 250);
  const stop = () => clearInterval(look);
  for (const hand of ["wheel", "keydown", "pointerdown", "touchstart"]) addEventListener(hand, stop, { once: true, capture: true });
})();
