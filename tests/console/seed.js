// Fills a directory through the API.

const BUSINESSES = [
  "Title",
  "Capital",
  "Freight",
  "Insurance",
  "Holdings",
  "Logistics",
  "Partners",
  "Bank",
  "Realty",
  "Mutual",
];
const PLACES = [
  "Hudson",
  "Lakeshore",
  "Summit",
  "Harbor",
  "Cedar",
  "Granite",
  "Pacific",
  "Delta",
  "Prairie",
  "Beacon",
  "Ridge",
  "Sterling",
];
const DEPARTMENTS = [
  "Underwriting",
  "Claims",
  "Settlement",
  "Escrow",
  "Treasury",
  "Custody",
  "Lending",
  "Compliance",
  "Servicing",
  "Audit",
];
const REGIONS = ["North", "South", "East", "West", "Central", "Coastal", "Metro", "Valley", "Capital", "Harbor"];

/** A number from 0 up to `limit` that depends on `seed` only. */
export const chosen = (seed, limit) => (Math.imul(seed + 1, 2_654_435_761) >>> 8) % limit;

export const partyName = (index) =>
  `${PLACES[chosen(index, PLACES.length)]} ${BUSINESSES[chosen(index + 77, BUSINESSES.length)]} ${String(index + 1).padStart(5, "0")}`;
export const dockName = (index) =>
  `${DEPARTMENTS[index % DEPARTMENTS.length]} ${REGIONS[Math.floor(index / DEPARTMENTS.length) % REGIONS.length]}`;

/** A client of the API with a key. */
export function clientOf({ url, key }) {
  return async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const data = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(data)}`);
    return data;
  };
}

/** Runs `task` for 0 up to `count`, some at the same time. */
export async function times(count, task, parallel = 8) {
  let next = 0;
  const worker = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

/**
 * Creates an organization with parties and docks. Party `i` holds `roles` roles, in docks that depend on `i` only.
 */
export async function fill(api, { name, parties, docks, roles }) {
  const organization = await api("POST", "/v1/organizations", { name });
  const dockIds = [];
  // One after the other: the newest dock and the newest party are first.
  for (let index = 0; index < docks; index += 1) {
    dockIds[index] = (await api("POST", "/v1/docks", { organizationId: organization.id, name: dockName(index) })).id;
  }
  const partyIds = [];
  await times(parties, async (index) => {
    const type = index % 7 === 3 ? "INDIVIDUAL" : "ORGANIZATION";
    const path = `/v1/organizations/${organization.id}/parties`;
    const party = await api("POST", path, { type, name: partyName(index), externalRef: `REF-${index}` });
    partyIds[index] = party.id;
    for (let role = 0; role < roles; role += 1) {
      const dockId = dockIds[(chosen(index, docks) + role * 7) % docks];
      await api("POST", `${path}/${party.id}/roles`, {
        dockId,
        role: (index + role) % 3 === 0 ? "RECIPIENT" : "DISTRIBUTOR",
      });
    }
  });
  return { organization, dockIds, partyIds };
}
