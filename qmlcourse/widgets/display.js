// Draws display lists, as display_list.py writes them, on a canvas.

const MAGIC = 0x314c4d51; // "QML1"
const LARGEST = 32_000_000; // bytes
const FONT = "QML DejaVu Sans"; // see font.py
const FAMILY = `"${FONT}", "DejaVu Sans", Verdana, "Noto Sans CJK JP", "Hiragino Sans", sans-serif`;

/** Reads a display list; throws an Error with a sentence where it is damaged or too large. */
function unpack(bytes) {
  const damaged = new Error("This picture arrived damaged.");
  if (bytes.byteLength > LARGEST) throw new Error("This picture is too large to be drawn.");
  if (bytes.byteLength < 12) throw damaged;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [size, count] = [view.getUint32(4, true), view.getUint32(8, true)];
  const start = 12 + size;
  if (view.getUint32(0, true) !== MAGIC || size % 4 || start + 4 * count > bytes.byteLength) throw damaged;
  let list;
  try {
    list = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(12, start)));
  } catch {
    throw damaged;
  }
  const whole = bytes.slice(start); // a copy, so that floats lie where they may
  list.floats = new Float32Array(whole.buffer, 0, count);
  list.bytes = whole.subarray(4 * count);
  if (!Array.isArray(list.ops) || !(list.width > 0) || !(list.height > 0)) throw damaged;
  return list;
}

/** A Path2D of points, moved by (x, y). */
function outline(list, first, count, letters, x = 0, y = 0) {
  const path = new Path2D();
  const { floats } = list;
  if (2 * count + first > floats.length) throw new Error("This picture arrived damaged.");
  let at = first;
  const next = () => [floats[at++] + x, floats[at++] + y];
  if (!letters) {
    for (let n = 0; n < count; n++) n ? path.lineTo(...next()) : path.moveTo(...next());
    return path;
  }
  for (const letter of letters) {
    if (letter === "M") path.moveTo(...next());
    else if (letter === "L") path.lineTo(...next());
    else if (letter === "Q") path.quadraticCurveTo(...next(), ...next());
    else if (letter === "C") path.bezierCurveTo(...next(), ...next(), ...next());
    else path.closePath();
  }
  return path;
}

function clipPath(list, number) {
  const clip = list.clips[number];
  list.clipPaths ??= [];
  if (!list.clipPaths[number]) {
    const path = new Path2D();
    if (typeof clip[0] === "number") path.rect(...clip);
    else {
      const own = { floats: Float32Array.from(clip.slice(1)) };
      path.addPath(outline(own, 0, own.floats.length / 2, clip[0]));
    }
    list.clipPaths[number] = path;
  }
  return list.clipPaths[number];
}

/** Runs `draw` inside of a clip, with a line and fill as a style says. */
function styled(ctx, list, style, draw) {
  ctx.save();
  if (style.clip >= 0) ctx.clip(clipPath(list, style.clip));
  ctx.lineWidth = style.width;
  ctx.lineCap = style.cap === "projecting" ? "square" : style.cap;
  ctx.lineJoin = style.join;
  ctx.setLineDash(style.dash ?? []);
  ctx.lineDashOffset = style.offset;
  ctx.strokeStyle = style.line || "transparent";
  ctx.fillStyle = style.fill || "transparent";
  draw();
  ctx.restore();
}

function paint(ctx, style, path) {
  if (style.fill) ctx.fill(path);
  if (style.line) ctx.stroke(path);
}

function colour(list, byte) {
  const [r, g, b, a] = list.bytes.subarray(byte, byte + 4);
  return `rgba(${r},${g},${b},${a / 255})`;
}

const DRAW = {
  p(ctx, list, number, first, count, letters) {
    const style = list.styles[number];
    styled(ctx, list, style, () => paint(ctx, style, outline(list, first, count, letters)));
  },
  m(ctx, list, number, first, count, letters, from, places) {
    const style = list.styles[number];
    const mark = outline(list, first, count, letters);
    styled(ctx, list, style, () => {
      for (let n = 0; n < places; n++) {
        const [x, y] = list.floats.subarray(from + 2 * n, from + 2 * n + 2);
        ctx.translate(x, y);
        paint(ctx, style, mark);
        ctx.translate(-x, -y);
      }
    });
  },
  c(ctx, list, number, first, count, letters, from, places, firstByte, rim) {
    const style = list.styles[number];
    const mark = outline(list, first, count, letters);
    styled(ctx, list, style, () => {
      for (let n = 0; n < places; n++) {
        const [x, y] = list.floats.subarray(from + 2 * n, from + 2 * n + 2);
        ctx.fillStyle = colour(list, firstByte + 4 * n);
        if (rim) ctx.strokeStyle = ctx.fillStyle;
        ctx.translate(x, y);
        paint(ctx, style, mark);
        ctx.translate(-x, -y);
      }
    });
  },
  f(ctx, list, number, first, faces, corners, firstByte, rim) {
    const style = list.styles[number];
    styled(ctx, list, style, () => {
      for (let n = 0; n < faces; n++) {
        const face = outline(list, first + 2 * corners * n, corners, "");
        face.closePath();
        ctx.fillStyle = colour(list, firstByte + 4 * n);
        if (rim) ctx.strokeStyle = colour(list, firstByte + 4 * (faces + n));
        paint(ctx, style, face);
      }
    });
  },
  i(ctx, list, clip, firstByte, columns, rows, a, b, c, d, e, f, smooth, opacity) {
    const end = firstByte + 4 * columns * rows;
    if (end > list.bytes.length) throw new Error("This picture arrived damaged.");
    const image = new OffscreenCanvas(columns, rows);
    const pixels = new Uint8ClampedArray(list.bytes.slice(firstByte, end).buffer);
    image.getContext("2d").putImageData(new ImageData(pixels, columns, rows), 0, 0);
    ctx.save();
    if (clip >= 0) ctx.clip(clipPath(list, clip));
    ctx.globalAlpha = opacity;
    ctx.imageSmoothingEnabled = Boolean(smooth);
    ctx.transform(a, b, c, d, e, f);
    ctx.drawImage(image, 0, 0);
    ctx.restore();
  },
  t(ctx, list, text, x, y, angle, size, colour, weight, slant, width, clip) {
    ctx.save();
    if (clip >= 0) ctx.clip(clipPath(list, clip));
    ctx.font = `${slant} ${weight} ${size}px ${FAMILY}`;
    ctx.fillStyle = colour;
    ctx.translate(x, y);
    ctx.rotate((-angle * Math.PI) / 180);
    // another font may be wider than the one that the layout was solved with: never wider than that
    ctx.fillText(text, 0, 0, Math.max(width, 1));
    ctx.restore();
  },
};

/** Draws a list on a context whose unit is a pixel of the figure. */
function replay(ctx, list) {
  for (const [kind, ...rest] of list.ops) {
    if (!Object.hasOwn(DRAW, kind)) throw new Error("This picture arrived damaged.");
    DRAW[kind](ctx, list, ...rest);
  }
}

const inside = ([x0, y0, x1, y1], x, y) =>
  x >= Math.min(x0, x1) && x <= Math.max(x0, x1) && y >= Math.min(y0, y1) && y <= Math.max(y0, y1);

/** The number that a place along one axis means. */
function meaning([low, high, scale], share) {
  if (scale === "log") return low * (high / low) ** share;
  return scale === "linear" ? low + (high - low) * share : NaN;
}

const number = (value) => {
  if (!Number.isFinite(value)) return "";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : value.toPrecision(3);
  return String(Number(text)).replace("-", "−");
};
const named = (label, value) => (label ? `${label}: ${number(value)}` : number(value));

/** The nearest corner of a drawn line within reach of a place; null where there is none. */
function nearest(lists, x, y, box) {
  let best = null;
  let least = 14 ** 2;
  for (const list of lists) {
    for (const [kind, style, first, count, letters] of list.ops) {
      if (kind !== "p" || letters || count < 8 || !list.styles[style].line) continue;
      for (let n = first; n < first + 2 * count; n += 2) {
        const [px, py] = [list.floats[n], list.floats[n + 1]];
        const far = (px - x) ** 2 + (py - y) ** 2;
        if (far < least && inside(box, px, py)) [least, best] = [far, [px, py]];
      }
    }
  }
  return best;
}

/**
 * What stands under a place: words, and the point that they speak of; null outside of all axes.
 * A curve within reach wins; else the number behind an image, or the place itself.
 */
function readAt(scene, lists, x, y) {
  const axes = (scene.axes ?? []).find((one) => inside(one.box, x, y));
  if (!axes) return null;
  const at = nearest(lists, x, y, axes.box) ?? [x, y];
  const [x0, y0, x1, y1] = axes.box;
  const here = meaning(axes.x, (at[0] - x0) / (x1 - x0));
  const high = meaning(axes.y, (at[1] - y0) / (y1 - y0));
  const words = [named(axes.x[3], here), named(axes.y[3], high)];
  for (const list of [...lists].reverse()) {
    const map = (list.maps ?? []).find((one) => inside(one.box, x, y));
    if (!map) continue;
    const [left, right, bottom, top] = map.extent;
    const [rows, columns] = map.shape;
    const column = Math.floor(((here - left) / (right - left)) * columns);
    const row = Math.floor(((high - bottom) / (top - bottom)) * rows);
    if (row < 0 || column < 0 || row >= rows || column >= columns) continue;
    const value = list.floats[map.first + row * columns + column];
    if (Number.isFinite(value)) words.push(named(map.label || "value", value));
    return { words, at: [x, y] };
  }
  return { words, at };
}
