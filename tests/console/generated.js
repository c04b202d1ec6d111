// Generated responses of a large directory, in the form of the API.
import { LARGE } from "./large.js";
import { chosen, dockName, partyName } from "./seed.js";

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CREATED = "2024-01-01T00:00:00.000Z";

/** Roles of each party. */
const ROLES = 12;

/** Returns an id whose last digits are the number. */
function idOf(prefix, number) {
  let digits = "";
  for (let rest = number; digits.length < 6; rest = Math.floor(rest / 32)) digits = DIGITS[rest % 32] + digits;
  return `${prefix}_01HQ3K9B2V6R4X8ZT1M5${digits}`;
}

const organization = {
  id: idOf("org", 1),
  name: "Generated",
  slug: "generated",
  metadata: {},
  createdAt: CREATED,
  updatedAt: CREATED,
  _count: {},
};
const times = { createdAt: CREATED, updatedAt: CREATED };
const parties = Array.from({ length: LARGE.parties }, (_, index) => ({
  id: idOf("pty", index),
  organizationId: organization.id,
  type: "ORGANIZATION",
  name: partyName(index),
  ...times,
}));
const docks = Array.from({ length: LARGE.docks }, (_, index) => ({
  id: idOf("dock", index),
  organizationId: organization.id,
  name: dockName(index),
  ...times,
}));
const numberOf = new Map(
  [...parties, ...docks].map((row, index) => [row.id, index < LARGE.parties ? index : index - LARGE.parties]),
);

/** Returns the roles of a party. */
const rolesOf = (party) =>
  Array.from({ length: ROLES }, (_, role) => {
    const dock = docks[(chosen(party, LARGE.docks) + role * 7) % LARGE.docks];
    const name = (party + role) % 3 === 0 ? "RECIPIENT" : "DISTRIBUTOR";
    return {
      id: idOf("dpr", party * ROLES + role),
      dockId: dock.id,
      dockName: dock.name,
      partyId: parties[party].id,
      partyName: parties[party].name,
      role: name,
      createdAt: CREATED,
    };
  });

/** Returns a page of a list. */
function pageOf(rows, query, hasTotal) {
  const limit = Number(query.get("limit") ?? 20);
  const start = Number(query.get("cursor") ?? query.get("offset") ?? 0);
  const next = start + limit < rows.length ? String(start + limit) : null;
  const meta = {
    total: hasTotal ? rows.length : null,
    page: null,
    pageSize: limit,
    hasMore: next !== null,
    nextCursor: next,
  };
  return { data: rows.slice(start, start + limit), meta };
}

/** Responds to a request of the browser. */
function respond(route) {
  const { pathname, searchParams: query } = new URL(route.request().url());
  const path = pathname.replace(`/v1/organizations/${organization.id}`, "");
  const wanted = (name) => query.get(name).split(",");
  const lists = {
    "": () => organization,
    "/parties": () => pageOf(parties, query, true),
    "/v1/docks": () => pageOf(docks, query, true),
    "/roles": () => {
      const inDocks = new Set(wanted("dockId"));
      const roles = wanted("partyId").flatMap((id) => rolesOf(numberOf.get(id)));
      return pageOf(
        roles.filter((role) => inDocks.has(role.dockId)),
        query,
        false,
      );
    },
  };
  return path in lists ? route.fulfill({ json: lists[path]() }) : route.continue();
}

export const generated = { organization, respond };
