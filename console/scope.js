/** The organization whose pages are shown. */
import { get, pathOf } from "./api.js";

/** @typedef {import("./api.js").Schemas["Organization"]} Organization */

/** @type {Map<string, Organization>} */
const known = new Map();

/** Returns an organization, from memory if a page of it has just been shown. @param {string} id @param {AbortSignal} signal */
export async function organizationOf(id, signal) {
  const found = known.get(id);
  if (found) return found;
  /** @type {import("./api.js").Result<Organization>} */
  const { data } = await get(pathOf("organizations", id), {}, signal);
  remember(data);
  return data;
}

/** @param {Organization} organization */
export function remember(organization) {
  known.clear();
  known.set(organization.id, organization);
}

export const forgetOrganizations = () => known.clear();
