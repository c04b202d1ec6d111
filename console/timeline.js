/** The time line of a party: a bar for each role that it has held. */
import { h, replace } from "./dom.js";
import { date, minute, second } from "./format.js";
import { History } from "./history.js";
import { ROLES } from "./roles.js";
import { t } from "./texts.js";
import { button, name, show } from "./ui.js";

/** @typedef {import("./api.js").Schemas["Party"]} Party */
/** @typedef {import("./api.js").Schemas["PartyRole"]} PartyRole */

/** Number of ticks of the axis. */
const TICKS = 5;

/** @param {{ party: Party, signal: AbortSignal }} options */
export function timeline({ party, signal }) {
  const history = new History(party, signal);
  const place = h("div", { class: "tl" });
  const load = () =>
    show(place, async () => {
      await history.read();
      return render(history, party, () => void load());
    });
  replace(place, h("p", { class: "hint" }, t.loading));
  void load();
  return { element: place, reload: () => void load() };
}

/** @param {History} history @param {Party} party @param {() => void} closer */
function render(history, party, closer) {
  const { start, now } = history;
  const span = Math.max(1, now - start);
  /** @param {number} time */
  const position = (time) => (Math.max(0, Math.min(time - start, span)) / span) * 100;
  const lanes = lanesOf([...history.roles.values()]);
  const note = h(
    "p",
    { class: "hint" },
    t.timeline.incomplete(history.moments.size + 1),
    " ",
    button(t.timeline.search, closer, { class: "quiet small" }),
  );
  if (lanes.length === 0) return [h("p", { class: "empty" }, t.timeline.empty), note];
  const ticks = Array.from({ length: TICKS }, (_, index) => start + (span * index) / (TICKS - 1));
  const isLong = span > 5 * 86_400_000;
  /** The first label has the date; the others may need the time only. @param {number} tick @param {number} index */
  const text = (tick, index) => {
    const time = new Date(tick);
    if (isLong) return date(time);
    if (index === 0 || date(time) !== date(new Date(start))) return minute(time);
    return span > 600_000 ? minute(time).slice(11) : second(time).slice(11);
  };
  const axis = h(
    "div",
    { class: "tl-axis", "aria-hidden": "true" },
    ...ticks.map((tick, index) => h("span", { style: { left: `${position(tick)}%` } }, text(tick, index))),
  );
  /** @param {PartyRole} role */
  const bar = (role) => {
    const from = new Date(role.createdAt).getTime();
    const until = role.revokedAt ? new Date(role.revokedAt).getTime() : now;
    const label = t.timeline.bar(
      t.roles[role.role],
      role.dockName ?? role.dockId,
      second(role.createdAt),
      role.revokedAt ? second(role.revokedAt) : null,
    );
    const by = role.revokedBy ? `\n${t.fields.revokedBy}: ${role.revokedBy}` : "";
    return h("a", {
      class: `tl-bar ${role.role.toLowerCase()}${role.revokedAt ? " ended" : ""}`,
      href: `#/organizations/${party.organizationId}/matrix?asOf=${encodeURIComponent(role.createdAt)}`,
      title: `${label}${by}`,
      "aria-label": label,
      style: { left: `${position(from)}%`, width: `${position(until) - position(from)}%` },
    });
  };
  const rows = lanes.map(({ dock, dockName, role, roles, isFirst }) =>
    h(
      "tr",
      { class: isFirst ? "first" : null },
      h(
        "th",
        { scope: "row" },
        isFirst
          ? h("a", { href: `#/organizations/${party.organizationId}/docks/${dock}` }, name(dockName))
          : h("span", { class: "unseen" }, dockName),
      ),
      h("td", { class: "tl-role" }, t.roles[role]),
      h("td", { class: "tl-track" }, h("div", null, ...roles.map(bar))),
    ),
  );
  const head = [t.fields.dock, t.fields.role].map((title) => h("th", { scope: "col" }, title));
  return [
    h("p", { class: "hint" }, t.timeline.intro, " ", t.utc),
    h(
      "div",
      { class: "scroll" },
      h(
        "table",
        { class: "tl-table", "aria-label": t.timeline.title },
        h(
          "thead",
          null,
          h("tr", null, ...head, h("th", { scope: "col" }, h("span", { class: "unseen" }, t.timeline.title), axis)),
        ),
        h("tbody", null, ...rows),
      ),
    ),
    note,
  ];
}

/** Groups roles by dock and role, docks by name. @param {PartyRole[]} roles */
function lanesOf(roles) {
  /** @type {Map<string, PartyRole[]>} */
  const docks = new Map();
  for (const role of roles) docks.set(role.dockId, [...(docks.get(role.dockId) ?? []), role]);
  const named = [...docks].map(([dock, held]) => ({ dock, held, dockName: held[0].dockName ?? dock }));
  named.sort((a, b) => a.dockName.localeCompare(b.dockName));
  return named.flatMap(({ dock, held, dockName }) => {
    const lanes = ROLES.map((role) => ({
      dock,
      dockName,
      role,
      roles: held.filter((each) => each.role === role),
    })).filter((lane) => lane.roles.length > 0);
    return lanes.map((lane, index) => ({ ...lane, isFirst: index === 0 }));
  });
}
