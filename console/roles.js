/** Roles: their requests and how they look. */
import { pathOf } from "./api.js";
import { h } from "./dom.js";
import { t } from "./texts.js";

/** @typedef {import("./api.js").Schemas["RoleName"]} RoleName */
/** @typedef {import("./api.js").ApiRequest} ApiRequest */

/** @type {RoleName[]} */
export const ROLES = ["DISTRIBUTOR", "RECIPIENT"];

/** @param {RoleName} role */
export const roleBadge = (role) => h("span", { class: `role ${role.toLowerCase()}` }, t.roles[role] ?? role);

/** @param {string} organization @param {string} party @param {string} dock @param {RoleName} role @returns {ApiRequest} */
export const assignRequest = (organization, party, dock, role) => ({
  method: "POST",
  path: pathOf("organizations", organization, "parties", party, "roles"),
  body: { dockId: dock, role },
});

/** @param {string} organization @param {string} party @param {string} role @returns {ApiRequest} */
export const revokeRequest = (organization, party, role) => ({
  method: "DELETE",
  path: pathOf("organizations", organization, "parties", party, "roles", role),
});
