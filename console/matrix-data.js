/** The data of the role matrix: parties and docks by position, and roles by party and dock. Reads only what is visible. */
import { get, pathOf } from "./api.js";

/** @typedef {import("./api.js").Schemas["OrganizationRole"]} OrganizationRole */
/** @typedef {import("./api.js").Schemas["ListMeta"]} Meta */
/** @typedef {import("./roles.js").RoleName} RoleName */
/** @typedef {{ [role in RoleName]?: OrganizationRole }} Cell */

/** Rows of a page of parties or docks: the maximum of the API. */
const PAGE = 100;

/** The last offset that the API accepts. */
const LAST_OFFSET = 10_000;

/** Rows of a page of roles: the maximum of the API. */
const ROLES_PAGE = 500;

/** Ids of a filter: the maximum of the API. */
const IDS = 50;

/** Number of moments whose roles stay in memory. */
const MOMENTS = 12;

/**
 * A list whose rows are read by position.
 *
 * @template {{ id: string }} Row
 */
export class Positions {
  /** @param {string} path @param {import("./api.js").Query} query @param {AbortSignal} signal */
  constructor(path, query, signal) {
    this.path = path;
    this.query = query;
    this.signal = signal;
    /** Number of rows that can be shown. */
    this.count = 0;
    /** Whether the list has more rows than can be shown. */
    this.isCapped = false;
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Map<number, Promise<void>>} */
    this.pages = new Map();
    /** @type {string | null} */
    this.cursor = null;
    this.isCounted = false;
  }

  /** @param {number} index @returns {Row | undefined} */
  at(index) {
    return this.rows[index];
  }

  /** Returns the known rows in a range. @param {number} from @param {number} to */
  between(from, to) {
    return this.rows.slice(from, to).filter(Boolean);
  }

  /** Reads the rows of a range that are not read yet. @param {number} from @param {number} to */
  async ensure(from, to) {
    // Another reading may be waiting for the first page, too.
    await this.#page(0);
    const end = Math.min(to, this.count);
    for (let index = from; index < end; index += 1) {
      if (this.rows[index] !== undefined) continue;
      const page = Math.floor(index / PAGE);
      await (this.isCounted ? this.#page(page) : this.#next());
      index = (page + 1) * PAGE - 1;
    }
  }

  /** @param {number} page */
  #page(page) {
    const reading = this.pages.get(page) ?? this.#read(page * PAGE, { offset: page * PAGE });
    this.pages.set(page, reading);
    // A failed page is read again when it is needed again.
    reading.catch(() => this.pages.delete(page));
    return reading;
  }

  /** Reads the next page of a list whose length is not known. */
  #next() {
    const position = this.rows.length;
    const reading = this.pages.get(-position) ?? this.#read(position, { cursor: this.cursor });
    this.pages.set(-position, reading);
    reading.catch(() => this.pages.delete(-position));
    return reading;
  }

  /** @param {number} position @param {import("./api.js").Query} start */
  async #read(position, start) {
    /** @type {import("./api.js").Result<{ data: Row[], meta: Meta }>} */
    const { data } = await get(this.path, { ...this.query, limit: PAGE, ...start }, this.signal);
    data.data.forEach((row, index) => {
      this.rows[position + index] = row;
    });
    this.cursor = data.meta.nextCursor ?? null;
    const total = data.meta.total ?? null;
    if (position === 0) this.isCounted = total !== null;
    if (this.isCounted && total !== null) {
      this.count = Math.min(total, LAST_OFFSET + PAGE);
      this.isCapped = total > this.count;
      // A row that was removed meanwhile has no position.
      if (data.data.length === 0) this.count = Math.min(this.count, this.rows.length);
    } else {
      this.count = this.rows.length + (data.meta.hasMore ? PAGE : 0);
    }
  }
}

/** The roles as of a moment, by party and dock. */
class Moment {
  constructor() {
    /** @type {Map<string, Map<string, Cell>>} */
    this.cells = new Map();
    /** Docks whose roles have been read, by party. @type {Map<string, Set<string>>} */
    this.read = new Map();
  }

  /** @param {string} party @param {string} dock @returns {Cell | undefined} The roles, or `undefined` if they have not been read. */
  at(party, dock) {
    return this.cells.get(party)?.get(dock) ?? (this.read.get(party)?.has(dock) ? {} : undefined);
  }

  /** @param {string} party @param {string} dock @param {RoleName} role @param {OrganizationRole | null} value */
  put(party, dock, role, value) {
    const docks = this.cells.get(party) ?? new Map();
    this.cells.set(party, docks);
    const cell = { ...docks.get(dock) };
    if (value === null) delete cell[role];
    else cell[role] = value;
    docks.set(dock, cell);
  }

  /** @param {string[]} parties @param {string[]} docks */
  markRead(parties, docks) {
    for (const party of parties) {
      const read = this.read.get(party) ?? new Set();
      for (const dock of docks) read.add(dock);
      this.read.set(party, read);
    }
  }
}

/** The roles of an organization at several moments. */
export class Roles {
  /** @param {string} organization */
  constructor(organization) {
    this.path = pathOf("organizations", organization, "roles");
    /** @type {Map<string, Moment>} */
    this.moments = new Map();
    /** @type {string | null} */
    this.asOf = null;
    this.moment = this.#momentOf(null);
  }

  /** Selects the moment whose roles are returned; `null` is now. @param {string | null} asOf */
  select(asOf) {
    this.asOf = asOf;
    this.moment = this.#momentOf(asOf);
  }

  /** @param {string | null} asOf */
  #momentOf(asOf) {
    const key = asOf ?? "";
    const moment = this.moments.get(key) ?? new Moment();
    this.moments.delete(key);
    this.moments.set(key, moment);
    // The oldest selection is first. The roles of now are never forgotten, because they contain changes of this page.
    const oldest = [...this.moments.keys()].find((each) => each !== "");
    if (this.moments.size > MOMENTS && oldest !== undefined) this.moments.delete(oldest);
    return moment;
  }

  /**
   * Reads the roles of parties in docks that are not read yet, a page of 500 at a time.
   *
   * @param {string[]} parties
   * @param {string[]} docks
   * @param {AbortSignal} signal
   * @param {() => void} onpage
   */
  async ensure(parties, docks, signal, onpage) {
    const { moment, asOf } = this;
    const missingDocks = docks.filter((dock) => parties.some((party) => !moment.read.get(party)?.has(dock)));
    const missing = parties.filter((party) => missingDocks.some((dock) => !moment.read.get(party)?.has(dock)));
    for (let row = 0; row < missing.length; row += IDS) {
      for (let column = 0; column < missingDocks.length; column += IDS) {
        const [some, inDocks] = [missing.slice(row, row + IDS), missingDocks.slice(column, column + IDS)];
        await this.#read(moment, asOf, some, inDocks, signal, onpage);
      }
    }
  }

  /** @param {Moment} moment @param {string | null} asOf @param {string[]} parties @param {string[]} docks @param {AbortSignal} signal @param {() => void} onpage */
  async #read(moment, asOf, parties, docks, signal, onpage) {
    /** @type {string | null} */
    let cursor = null;
    do {
      /** @type {import("./api.js").Query} */
      const query = { partyId: parties.join(","), dockId: docks.join(","), asOf, limit: ROLES_PAGE, cursor };
      /** @type {import("./api.js").Result<{ data: OrganizationRole[], meta: Meta }>} */
      const { data } = await get(this.path, query, signal);
      for (const role of data.data) moment.put(role.partyId, role.dockId, role.role, role);
      cursor = data.meta.nextCursor ?? null;
      if (cursor === null) moment.markRead(parties, docks);
      onpage();
    } while (cursor !== null);
  }
}
