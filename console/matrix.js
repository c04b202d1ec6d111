/** The page of the role matrix: parties × docks, now or at any past moment. */
import { isAborted, pathOf, send } from "./api.js";
import { h, replace } from "./dom.js";
import { fromInput, inputValue, number, second } from "./format.js";
import { searchField } from "./list.js";
import { Positions, Roles } from "./matrix-data.js";
import { describe, Grid } from "./matrix-grid.js";
import { assignRequest, ROLES, revokeRequest } from "./roles.js";
import { t } from "./texts.js";
import { announce, button, message, problem } from "./ui.js";

/** @typedef {import("./pages.js").Context} Context */
/** @typedef {import("./roles.js").RoleName} RoleName */
/** @typedef {import("./matrix-grid.js").Place} Place */
/** @typedef {import("./api.js").Schemas["Party"]} Party */
/** @typedef {import("./api.js").Schemas["Dock"]} Dock */

/** How long the matrix waits for the next movement before it reads, in milliseconds. */
const PAUSE = 90;

/** Steps of the slider. */
const STEPS = 1000;

/** @param {Context} context */
export function matrixPage({ organization, query, signal }) {
  if (organization === null) throw new Error("the matrix is a page of an organization");
  return new Matrix(organization, query.get("asOf"), signal).content();
}

class Matrix {
  /** @param {import("./scope.js").Organization} organization @param {string | null} asOf @param {AbortSignal} signal */
  constructor(organization, asOf, signal) {
    this.organization = organization.id;
    this.base = `#/organizations/${organization.id}`;
    this.signal = signal;
    this.start = new Date(organization.createdAt).getTime();
    this.opened = Date.now();
    this.roles = new Roles(organization.id);
    /** @type {(() => void)[]} */
    this.undoable = [];
    /** Cells that are being changed. @type {Set<string>} */
    this.changing = new Set();
    this.reading = new AbortController();
    signal.addEventListener("abort", () => this.reading.abort());
    this.timer = 0;
    /** Number of the last reading. */
    this.turn = 0;
    /** The roles that are being read. */
    this.wanted = "";
    this.status = h("p", { class: "m-status", "aria-live": "off" });
    this.counts = h("p", { class: "hint" });
    this.busy = h("span", { class: "m-busy" });
    this.past = h("div", { class: "m-past", hidden: true });
    this.failure = h("div");
    this.partySearch = searchField(t.matrix.partySearch, () => this.restart());
    this.dockSearch = searchField(t.matrix.dockSearch, () => this.restart());
    this.type = select(t.fields.type, [["", `${t.fields.type}: ${t.all}`], ...Object.entries(t.parties.types)], () =>
      this.restart(),
    );
    this.role = select(
      t.matrix.roleFilter,
      [
        ["", `${t.fields.role}: ${t.all}`],
        ...ROLES.map((role) => /** @type {[string, string]} */ ([role, t.roles[role]])),
      ],
      () => {
        this.grid.element.dataset.only = this.role.value;
      },
    );
    this.slider = h("input", {
      type: "range",
      min: 0,
      max: STEPS,
      step: 1,
      value: STEPS,
      "aria-label": t.matrix.slider,
      oninput: () => this.#slide(),
    });
    this.exact = h("input", {
      type: "datetime-local",
      step: 1,
      "aria-label": t.matrix.exact,
      onchange: () => this.#enterTime(),
    });
    this.parties = this.#positions();
    this.docks = this.#dockPositions();
    this.grid = new Grid({
      rows: () => this.parties.count,
      columns: () => this.docks.count,
      row: (row) => named(this.parties.at(row), `${this.base}/parties/`),
      column: (column) => named(this.docks.at(column), `${this.base}/docks/`),
      cell: (row, column) => this.#cell(row, column),
      toggle: (place, role) => void this.#toggle(place, role),
      active: (place) => this.#showStatus(place),
      open: (row) => {
        const party = this.parties.at(row);
        if (party) location.hash = `${this.base}/parties/${party.id}`;
      },
      undo: () => this.#undo(),
      moved: () => this.#readSoon(),
    });
    this.#select(asOf && !Number.isNaN(Date.parse(asOf)) ? new Date(asOf) : null);
  }

  content() {
    void this.#read();
    const legend = h(
      "p",
      { class: "legend" },
      h("span", { class: "role distributor" }, `${t.roles.short.DISTRIBUTOR} ${t.roles.DISTRIBUTOR}`),
      h("span", { class: "role recipient" }, `${t.roles.short.RECIPIENT} ${t.roles.RECIPIENT}`),
    );
    return h(
      "div",
      { class: "m-page" },
      h("div", { class: "title" }, h("h1", null, t.matrix.title), this.counts, this.busy, legend),
      h("div", { class: "filters" }, this.partySearch, this.dockSearch, this.type, this.role),
      h(
        "div",
        { class: "m-time" },
        h("label", null, t.matrix.asOf, " ", this.exact),
        this.slider,
        button(t.matrix.backToNow, () => this.#select(null), { class: "quiet small" }),
      ),
      this.past,
      this.failure,
      this.grid.element,
      h("div", { class: "m-foot" }, this.status, h("p", { class: "hint" }, t.matrix.help)),
    );
  }

  #positions() {
    const filters = { search: this.partySearch.value.trim(), type: this.type.value };
    return /** @type {Positions<Party>} */ (
      new Positions(pathOf("organizations", this.organization, "parties"), filters, this.signal)
    );
  }

  #dockPositions() {
    return /** @type {Positions<Dock>} */ (
      new Positions(
        "/v1/docks",
        { organizationId: this.organization, search: this.dockSearch.value.trim() },
        this.signal,
      )
    );
  }

  /** Reads the lists again, with the filters. */
  restart() {
    this.parties = this.#positions();
    this.docks = this.#dockPositions();
    this.grid.element.scrollTo(0, 0);
    this.grid.place = { row: 0, column: 0 };
    void this.#read();
  }

  #readSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.#read(), PAUSE);
  }

  /** Reads what is visible and not read yet. */
  async #read() {
    const turn = ++this.turn;
    const { parties, docks } = this;
    this.#showBusy(true);
    try {
      await Promise.all([parties.ensure(0, 1), docks.ensure(0, 1)]);
      if (turn !== this.turn) return;
      this.grid.render();
      const { top, bottom, left, right } = this.grid.range();
      await Promise.all([parties.ensure(top, bottom), docks.ensure(left, right)]);
      if (turn !== this.turn) return;
      this.#showCounts();
      this.grid.render();
      const [inRows, inColumns] = [parties.between(top, bottom), docks.between(left, right)].map((rows) =>
        rows.map((row) => row.id),
      );
      await this.#readRoles(inRows, inColumns);
    } catch (error) {
      if (isAborted(error) || turn !== this.turn) return;
      this.#showBusy(false);
      replace(
        this.failure,
        problem(error, () => void this.#read()),
      );
    }
  }

  /** @param {string[]} parties @param {string[]} docks */
  async #readRoles(parties, docks) {
    const wanted = [this.roles.asOf, ...parties, ...docks].join();
    // The same roles are being read.
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.reading.abort();
    this.reading = new AbortController();
    try {
      await this.roles.ensure(parties, docks, this.reading.signal, () => this.grid.later());
      if (wanted !== this.wanted) return;
      replace(this.failure);
      this.#showBusy(false);
      this.#showStatus(this.grid.place);
    } finally {
      if (wanted === this.wanted) this.wanted = "";
    }
  }

  /** @param {boolean} isBusy */
  #showBusy(isBusy) {
    this.busy.textContent = isBusy ? t.matrix.loading : "";
    this.grid.element.setAttribute("aria-busy", String(isBusy));
  }

  #showCounts() {
    const { parties, docks } = this;
    const text = (/** @type {Positions<any>} */ list) =>
      list.isCounted ? number(list.count) : `${number(list.rows.length)}+`;
    this.counts.textContent =
      parties.count === 0 && docks.count === 0 ? t.matrix.empty : t.matrix.counts(text(parties), text(docks));
    if (parties.isCapped) this.counts.textContent = t.matrix.capped(number(parties.count));
  }

  /** @param {number} row @param {number} column */
  #cell(row, column) {
    const [party, dock] = [this.parties.at(row), this.docks.at(column)];
    return party && dock ? this.roles.moment.at(party.id, dock.id) : undefined;
  }

  /** @param {Place} place */
  #showStatus({ row, column }) {
    const [party, dock] = [this.parties.at(row), this.docks.at(column)];
    if (!party || !dock) return replace(this.status);
    const cell = this.#cell(row, column);
    const parts = ROLES.flatMap((role) =>
      cell?.[role] ? [t.matrix.since(t.roles[role], second(cell[role].createdAt))] : [],
    );
    const state = parts.length > 0 ? parts.join(", ") : describe(cell);
    replace(this.status, h("bdi", null, party.name), " · ", h("bdi", null, dock.name), ` · ${state}`);
  }

  // Time.

  /** Shows the roles as of a time; `null` is now. @param {Date | null} time */
  #select(time) {
    const isPast = time !== null && time.getTime() < Date.now();
    const asOf = isPast ? /** @type {Date} */ (time).toISOString() : null;
    const shown = isPast ? /** @type {Date} */ (time) : new Date();
    this.roles.select(asOf);
    this.exact.value = `${inputValue(shown)}:${String(shown.getUTCSeconds()).padStart(2, "0")}`;
    if (document.activeElement !== this.slider)
      this.slider.value = String(
        isPast ? Math.round(((shown.getTime() - this.start) / (this.opened - this.start)) * STEPS) : STEPS,
      );
    this.slider.setAttribute("aria-valuetext", isPast ? second(shown) : t.now);
    this.past.hidden = !isPast;
    replace(
      this.past,
      isPast
        ? [t.matrix.past(second(shown)), " ", button(t.matrix.backToNow, () => this.#select(null), { class: "small" })]
        : null,
    );
    this.grid.element.classList.toggle("past", isPast);
    this.grid.element.setAttribute("aria-readonly", String(isPast));
    history.replaceState(null, "", `${this.base}/matrix${asOf ? `?asOf=${encodeURIComponent(asOf)}` : ""}`);
    this.grid.later();
    this.#readSoon();
  }

  #slide() {
    const step = Number(this.slider.value);
    this.#select(step >= STEPS ? null : new Date(this.start + ((this.opened - this.start) * step) / STEPS));
  }

  #enterTime() {
    this.#select(fromInput(this.exact.value));
  }

  // Changes.

  /** Assigns or revokes a role. @param {Place} place @param {RoleName} role */
  async #toggle(place, role) {
    const [party, dock] = [this.parties.at(place.row), this.docks.at(place.column)];
    if (!party || !dock) return;
    if (this.roles.asOf !== null) {
      announce(this.past.textContent ?? "");
      return;
    }
    await this.#change(party, dock, role, true);
  }

  /** @param {Party} party @param {Dock} dock @param {RoleName} role @param {boolean} canUndo */
  async #change(party, dock, role, canUndo) {
    const key = `${party.id} ${dock.id} ${role}`;
    const { moment } = this.roles;
    const cell = moment.at(party.id, dock.id);
    if (cell === undefined || this.changing.has(key)) return;
    const held = cell[role];
    this.changing.add(key);
    const request = held
      ? revokeRequest(this.organization, party.id, held.id)
      : { ...assignRequest(this.organization, party.id, dock.id, role), idempotencyKey: crypto.randomUUID() };
    const text = (held ? t.roles.revoked : t.roles.assigned)(t.roles[role], party.name, dock.name);
    /** @param {any} value */
    const put = (value) => {
      moment.put(party.id, dock.id, role, value);
      this.grid.later();
    };
    // The cell shows the new state at once.
    put(
      held
        ? null
        : {
            id: "",
            role,
            dockId: dock.id,
            partyId: party.id,
            dockName: dock.name,
            partyName: party.name,
            createdAt: new Date().toISOString(),
          },
    );
    try {
      const { data } = await send(request);
      if (!held) put({ ...data, dockName: dock.name, partyName: party.name });
      const undo = () => {
        this.undoable = this.undoable.filter((each) => each !== undo);
        void this.#change(party, dock, role, false);
      };
      if (canUndo) this.undoable.push(undo);
      message(canUndo ? text : t.roles.undone, { request, undo: canUndo ? undo : undefined });
      this.#showStatus(this.grid.place);
    } catch (error) {
      put(held ?? null);
      if (isAborted(error)) return;
      // Another client may have changed the cell: it is read again.
      moment.read.get(party.id)?.delete(dock.id);
      moment.cells.get(party.id)?.delete(dock.id);
      message(text, { error, request });
      void this.#read();
    } finally {
      this.changing.delete(key);
    }
  }

  #undo() {
    const undo = this.undoable.at(-1);
    if (undo) undo();
    else announce(t.matrix.nothingToUndo);
  }
}

/** @param {{ id: string, name: string } | undefined} row @param {string} base */
const named = (row, base) => row && { id: row.id, name: row.name, href: `${base}${row.id}` };

/** @param {string} label @param {[string, string][]} options @param {() => void} onchange */
const select = (label, options, onchange) =>
  h("select", { "aria-label": label, onchange }, ...options.map(([value, text]) => h("option", { value }, text)));
