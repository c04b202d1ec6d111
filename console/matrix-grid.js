/** The grid of the role matrix. Only visible cells have elements. */
import { h } from "./dom.js";
import { t } from "./texts.js";

/** @typedef {import("./matrix-data.js").Cell} Cell */
/** @typedef {import("./roles.js").RoleName} RoleName */
/** @typedef {{ row: number, column: number }} Place */
/**
 * @typedef {object} Source
 * @property {() => number} rows
 * @property {() => number} columns
 * @property {(row: number) => { id: string, name: string, href: string } | undefined} row
 * @property {(column: number) => { id: string, name: string, href: string } | undefined} column
 * @property {(row: number, column: number) => Cell | undefined} cell
 * @property {(place: Place, role: RoleName) => void} toggle
 * @property {(place: Place) => void} active
 * @property {(row: number) => void} open
 * @property {() => void} undo
 * @property {() => void} moved Visible cells are others than before.
 */

export const ROW = 30;
export const COLUMN = 56;
const HEAD = 148;
const SIDE = 260;
const NARROW_SIDE = 140;

/** Width below which the names of parties are narrow. */
const NARROW = 640;

/** Rows and columns with elements on each side of the visible ones. */
const MARGIN = 2;

/** @param {Cell | undefined} cell */
const stateOf = (cell) =>
  cell === undefined ? "unknown" : `${cell.DISTRIBUTOR ? "d" : ""}${cell.RECIPIENT ? "r" : ""}`;

/** @param {Cell | undefined} cell */
export function describe(cell) {
  if (cell === undefined) return t.matrix.unknown;
  const names = [cell.DISTRIBUTOR && t.roles.DISTRIBUTOR, cell.RECIPIENT && t.roles.RECIPIENT].filter(Boolean);
  return names.length > 0 ? names.join(", ") : t.matrix.none;
}

export class Grid {
  /** @param {Source} source */
  constructor(source) {
    this.source = source;
    /** @type {Place} */
    this.place = { row: 0, column: 0 };
    /** @type {Map<number, { element: HTMLElement, cells: Map<number, HTMLElement> }>} */
    this.rows = new Map();
    /** @type {Map<number, HTMLElement>} */
    this.heads = new Map();
    /** Elements that can be used again. @type {HTMLElement[]} */
    this.spare = [];
    this.frame = 0;
    /** The rendered range. */
    this.last = "";
    this.head = h(
      "div",
      { class: "m-row m-head", role: "row", "aria-rowindex": 1 },
      h("div", { class: "m-corner", role: "columnheader", "aria-colindex": 1 }, t.fields.party),
    );
    this.canvas = h("div", { class: "m-canvas", role: "presentation" }, this.head);
    this.element = h(
      "div",
      {
        class: "matrix",
        role: "grid",
        tabindex: 0,
        "aria-label": t.matrix.label,
        onscroll: () => this.later(),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
        onclick: (/** @type {MouseEvent} */ event) => this.#click(event),
      },
      this.canvas,
    );
    this.observer = new ResizeObserver(() => this.later());
    this.observer.observe(this.element);
  }

  /** Width of the names of parties, as in the style sheet. */
  get side() {
    return this.element.classList.contains("narrow") ? NARROW_SIDE : SIDE;
  }

  /** Renders with the next frame. */
  later() {
    if (this.frame === 0) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.render();
      });
    }
  }

  /** The range of visible rows and columns. */
  range() {
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.element;
    const limit = (/** @type {number} */ value, /** @type {number} */ count) => Math.max(0, Math.min(count, value));
    const [rows, columns] = [this.source.rows(), this.source.columns()];
    return {
      top: limit(Math.floor(scrollTop / ROW), rows),
      bottom: limit(Math.ceil((scrollTop + clientHeight - HEAD) / ROW), rows),
      left: limit(Math.floor(scrollLeft / COLUMN), columns),
      right: limit(Math.ceil((scrollLeft + clientWidth - this.side) / COLUMN), columns),
    };
  }

  render() {
    const { source, element, canvas } = this;
    element.classList.toggle("narrow", element.clientWidth < NARROW);
    const [rows, columns] = [source.rows(), source.columns()];
    element.setAttribute("aria-rowcount", String(rows + 1));
    element.setAttribute("aria-colcount", String(columns + 1));
    canvas.style.setProperty("height", `${HEAD + rows * ROW}px`);
    canvas.style.setProperty("width", `${this.side + columns * COLUMN}px`);
    this.place.row = Math.max(0, Math.min(this.place.row, rows - 1));
    this.place.column = Math.max(0, Math.min(this.place.column, columns - 1));
    const visible = this.range();
    const top = Math.max(0, visible.top - MARGIN);
    const bottom = Math.min(rows, visible.bottom + MARGIN);
    const left = Math.max(0, visible.left - MARGIN);
    const right = Math.min(columns, visible.right + MARGIN);
    this.#renderHead(left, right);
    for (const [row, { element: rowElement, cells }] of this.rows) {
      if (row >= top && row < bottom) continue;
      this.spare.push(...cells.values());
      rowElement.remove();
      this.rows.delete(row);
    }
    for (let row = top; row < bottom; row += 1) this.#renderRow(row, left, right);
    this.#showActive();
    const text = `${top},${bottom},${left},${right}`;
    if (text !== this.last) source.moved();
    this.last = text;
  }

  /** @param {number} left @param {number} right */
  #renderHead(left, right) {
    for (const [column, element] of this.heads) {
      if (column >= left && column < right) continue;
      element.remove();
      this.heads.delete(column);
    }
    for (let column = left; column < right; column += 1) {
      const dock = this.source.column(column);
      let element = this.heads.get(column);
      if (element === undefined) {
        element = h(
          "div",
          {
            class: "m-dock",
            role: "columnheader",
            "aria-colindex": column + 2,
            style: { left: `${this.side + column * COLUMN}px` },
          },
          h("a", { tabindex: -1 }, h("bdi")),
        );
        this.heads.set(column, element);
        this.head.append(element);
      }
      label(element, dock, "");
      element.style.setProperty("left", `${this.side + column * COLUMN}px`);
    }
  }

  /** @param {number} row @param {number} left @param {number} right */
  #renderRow(row, left, right) {
    let entry = this.rows.get(row);
    if (entry === undefined) {
      const element = h(
        "div",
        {
          class: "m-row",
          role: "row",
          "aria-rowindex": row + 2,
          style: { transform: `translateY(${HEAD + row * ROW}px)` },
        },
        h("div", { class: "m-party", role: "rowheader", "aria-colindex": 1 }, h("a", { tabindex: -1 }, h("bdi"))),
      );
      entry = { element, cells: new Map() };
      this.rows.set(row, entry);
      this.canvas.append(element);
    }
    const { element, cells } = entry;
    const party = this.source.row(row);
    label(/** @type {HTMLElement} */ (element.firstElementChild), party, "…");
    for (const [column, cell] of cells) {
      if (column >= left && column < right) continue;
      this.spare.push(cell);
      cell.remove();
      cells.delete(column);
    }
    for (let column = left; column < right; column += 1) {
      let cell = cells.get(column);
      if (cell === undefined) {
        cell =
          this.spare.pop() ??
          h("div", { role: "gridcell" }, half("m-d", t.roles.short.DISTRIBUTOR), half("m-r", t.roles.short.RECIPIENT));
        cell.id = `m-${row}-${column}`;
        cell.dataset.row = String(row);
        cell.dataset.column = String(column);
        cell.setAttribute("aria-colindex", String(column + 2));
        cells.set(column, cell);
        element.append(cell);
      }
      cell.style.setProperty("left", `${this.side + column * COLUMN}px`);
      const value = this.source.cell(row, column);
      const state = `m-cell ${stateOf(value)}`;
      if (cell.className !== state) cell.className = state;
      const text = t.matrix.cell(party?.name ?? "", this.source.column(column)?.name ?? "", describe(value));
      if (cell.getAttribute("aria-label") !== text) cell.setAttribute("aria-label", text);
    }
  }

  #showActive() {
    for (const element of this.canvas.querySelectorAll(".active")) element.classList.remove("active");
    const { row, column } = this.place;
    const cell = this.rows.get(row)?.cells.get(column);
    if (cell === undefined) this.element.removeAttribute("aria-activedescendant");
    else this.element.setAttribute("aria-activedescendant", cell.id);
    cell?.classList.add("active");
    this.rows.get(row)?.element.firstElementChild?.classList.add("active");
    this.heads.get(column)?.classList.add("active");
  }

  /** Moves to a cell, and scrolls to it. @param {number} row @param {number} column */
  moveTo(row, column) {
    const place = {
      row: Math.max(0, Math.min(row, this.source.rows() - 1)),
      column: Math.max(0, Math.min(column, this.source.columns() - 1)),
    };
    this.place = place;
    const { element } = this;
    const top = place.row * ROW;
    const left = place.column * COLUMN;
    const height = element.clientHeight - HEAD;
    const width = element.clientWidth - this.side;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + height) element.scrollTop = top + ROW - height;
    if (left < element.scrollLeft) element.scrollLeft = left;
    else if (left + COLUMN > element.scrollLeft + width) element.scrollLeft = left + COLUMN - width;
    this.render();
    this.source.active(place);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { row, column } = this.place;
    const page = Math.max(1, Math.floor((this.element.clientHeight - HEAD) / ROW) - 1);
    const [rows, columns] = [this.source.rows(), this.source.columns()];
    const isControl = event.ctrlKey || event.metaKey;
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowUp: () => this.moveTo(row - 1, column),
      ArrowDown: () => this.moveTo(row + 1, column),
      ArrowLeft: () => this.moveTo(row, column - 1),
      ArrowRight: () => this.moveTo(row, column + 1),
      PageUp: () => this.moveTo(row - page, column),
      PageDown: () => this.moveTo(row + page, column),
      Home: () => this.moveTo(isControl ? 0 : row, 0),
      End: () => this.moveTo(isControl ? rows - 1 : row, columns - 1),
      Enter: () => this.source.open(row),
      ...(isControl
        ? { z: () => this.source.undo() }
        : {
            d: () => this.source.toggle(this.place, "DISTRIBUTOR"),
            r: () => this.source.toggle(this.place, "RECIPIENT"),
          }),
    };
    const action = event.altKey ? undefined : actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const cell = target.closest(".m-cell");
    if (!(cell instanceof HTMLElement)) return;
    const { left, width } = cell.getBoundingClientRect();
    this.moveTo(Number(cell.dataset.row), Number(cell.dataset.column));
    this.source.toggle(this.place, event.clientX < left + width / 2 ? "DISTRIBUTOR" : "RECIPIENT");
  }
}

/** A half of a cell. The style sheet shows its letter; the label of the cell says it in words. @param {string} kind @param {string} letter */
const half = (kind, letter) => h("span", { class: kind, "data-letter": letter });

/** Sets the name and address of a heading. @param {HTMLElement} element @param {{ name: string, href: string } | undefined} value @param {string} otherwise */
function label(element, value, otherwise) {
  const link = /** @type {HTMLElement} */ (element.firstElementChild);
  const text = /** @type {HTMLElement} */ (link.firstElementChild);
  const name = value?.name ?? otherwise;
  if (text.textContent === name) return;
  text.textContent = name;
  element.title = name;
  if (value) link.setAttribute("href", value.href);
  else link.removeAttribute("href");
}
