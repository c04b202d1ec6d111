/** The roles that a party has ever held, from lists as of several moments. */
import { get, pathOf } from "./api.js";

/** @typedef {import("./api.js").Schemas["PartyRole"]} PartyRole */

/** Moments at equal distances that are read first. */
const FIRST = 8;

/** Moments that one reading may add. */
const MORE = 48;

/** Requests at the same time. */
const PARALLEL = 6;

export class History {
  /** @param {import("./api.js").Schemas["Party"]} party @param {AbortSignal} signal */
  constructor(party, signal) {
    this.path = pathOf("organizations", party.organizationId, "parties", party.id, "roles");
    this.signal = signal;
    this.start = new Date(party.createdAt).getTime();
    /** @type {Map<string, PartyRole>} */
    this.roles = new Map();
    /** Moments that have been read, in milliseconds. @type {Set<number>} */
    this.moments = new Set();
    this.now = Date.now();
  }

  /**
   * Reads roles as of now, as of moments at equal distances, and as of each change that the rows show. So a role that was
   * held just before or after another one is found. Repeated readings divide the widest gaps.
   */
  async read() {
    const isFirst = this.moments.size === 0;
    this.now = Date.now();
    await this.#readMoment(null);
    const limit = this.moments.size + MORE;
    let next = isFirst
      ? Array.from({ length: FIRST }, (_, index) => this.start + ((this.now - this.start) * (index + 1)) / (FIRST + 1))
      : this.#gaps();
    while (next.length > 0 && this.moments.size < limit) {
      for (let index = 0; index < next.length; index += PARALLEL) {
        await Promise.all(next.slice(index, index + PARALLEL).map((moment) => this.#readMoment(moment)));
      }
      next = this.#boundaries().slice(0, Math.max(0, limit - this.moments.size));
    }
  }

  /** Moments just before each assignment and at each revocation, unless they have been read. */
  #boundaries() {
    const moments = [...this.roles.values()].flatMap((role) => {
      const end = role.revokedAt ? [new Date(role.revokedAt).getTime()] : [];
      return [new Date(role.createdAt).getTime() - 1, ...end];
    });
    return [...new Set(moments)].filter(
      (moment) => moment >= this.start && moment < this.now && !this.moments.has(moment),
    );
  }

  /** The middles of the widest gaps between moments. */
  #gaps() {
    const known = [this.start, ...this.moments, this.now].sort((a, b) => a - b);
    const gaps = known
      .slice(1)
      .map((moment, index) => ({ size: moment - known[index], middle: Math.round((moment + known[index]) / 2) }));
    const widest = gaps.filter(({ size }) => size > 1).sort((a, b) => b.size - a.size);
    return widest.slice(0, MORE / 2).map(({ middle }) => middle);
  }

  /** @param {number | null} moment */
  async #readMoment(moment) {
    const whole = moment === null ? null : Math.round(moment);
    if (whole !== null) {
      if (this.moments.has(whole)) return;
      this.moments.add(whole);
    }
    const asOf = whole === null ? null : new Date(whole).toISOString();
    /** @type {string | null} */
    let cursor = null;
    const held = new Set();
    do {
      /** @type {import("./api.js").Result<{ data: PartyRole[], meta: import("./api.js").Schemas["ListMeta"] }>} */
      const { data } = await get(this.path, { asOf, limit: 100, cursor }, this.signal);
      for (const role of data.data) {
        held.add(role.id);
        this.roles.set(role.id, { ...this.roles.get(role.id), ...role });
      }
      cursor = data.meta.nextCursor ?? null;
    } while (cursor !== null);
    if (whole === null) await this.#readEnds(held);
  }

  /** Reads when roles ended that an earlier reading saw as held. @param {Set<string>} held */
  async #readEnds(held) {
    const ended = [...this.roles.values()].filter((role) => !role.revokedAt && !held.has(role.id));
    for (const role of ended) this.moments.delete(new Date(role.createdAt).getTime());
    for (const role of ended) await this.#readMoment(new Date(role.createdAt).getTime());
  }
}
