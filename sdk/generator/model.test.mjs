import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { modelOf, nameOf, snake } from "./model.mjs";

const read = () => JSON.parse(readFileSync(new URL("../../openapi.json", import.meta.url), "utf8"));
const names = JSON.parse(readFileSync(new URL("names.json", import.meta.url), "utf8"));

/** The operations of the contract by their operationId. */
function operations(contract = read()) {
  const all = modelOf(contract, names).resources.flatMap((resource) => resource.operations);
  return new Map(all.map((operation) => [operation.id, operation]));
}

test("a method has the name of its operation without the words of the resource", () => {
  assert.equal(nameOf("createApiKey", "api-keys"), "create");
  assert.equal(nameOf("listParties", "parties"), "list");
  assert.equal(nameOf("listLedgerParties", "ledger"), "listParties");
  assert.equal(nameOf("ledgerVersion", "ledger"), "version");
  assert.equal(nameOf("authenticatedUser", "ledger"), "authenticatedUser");
  assert.equal(nameOf("health", "service"), "health");
  assert.equal(snake("identity-provider-id"), "identity_provider_id");
  assert.equal(snake("asOf"), "as_of");
});

test("every operation of the contract is a method, except those without one", () => {
  const contract = read();
  const methods = ["get", "put", "post", "delete", "patch"];
  const count = Object.values(contract.paths).flatMap((item) => methods.filter((method) => item[method])).length;
  const without = Object.values(names).filter((name) => name === null).length;
  assert.equal(operations(contract).size + without, count);
});

test("requests are repeated as the contract permits", () => {
  const all = operations();
  const repeat = (id) => all.get(id).repeat;
  assert.equal(repeat("createParty"), "with-key");
  assert.equal(repeat("checkRoles"), "always");
  assert.equal(repeat("getParty"), "always");
  assert.equal(repeat("updateParty"), "always");
  assert.equal(repeat("allocateLedgerParty"), "never");
  assert.equal(repeat("updateLedgerParty"), "never");
});

test("lists, updates, credentials and public operations are found", () => {
  const all = operations();
  assert.equal(all.get("listParties").paging.row, "Party");
  assert.equal(all.get("listOrganizationRoles").paging.largest, 500);
  assert.equal(all.get("listLedgerParties").paging.parameter, "pageToken");
  assert.equal(all.get("getParty").paging, null);
  assert.equal(all.get("updateParty").read, "get");
  assert.equal(all.get("updateLedgerParty").read, null);
  assert.deepEqual(all.get("createApiKey").secrets, ["key"]);
  assert.deepEqual(all.get("getParty").secrets, []);
  assert.equal(all.get("health").authenticated, false);
  assert.equal(all.get("getParty").authenticated, true);
});

test("error codes have the status of the responses that name them", () => {
  const { errors } = modelOf(read(), names);
  const conflict = errors.find((error) => error.code === "ROLE_ALREADY_ASSIGNED");
  assert.deepEqual(conflict, { code: "ROLE_ALREADY_ASSIGNED", status: 409, className: "RoleAlreadyAssignedError" });
});

test("a contract that gives no clear client is an error", () => {
  const twice = read();
  twice.paths["/v1/parties"] = { get: { ...twice.paths["/v1/docks"].get, operationId: "listDock" } };
  assert.throws(() => modelOf(twice, names), /two methods have the name list/);
  const untagged = read();
  untagged.paths["/v1/docks"].get.tags = [];
  assert.throws(() => modelOf(untagged, names), /exactly one tag/);
  assert.throws(() => modelOf(read(), { ...names, listNothing: "list" }), /unknown operations: listNothing/);
  const binary = read();
  binary.paths["/v1/docks"].post.requestBody.content = { "image/png": {} };
  assert.throws(() => modelOf(binary, names), /createDock: no JSON body, but image/);
  assert.ok(!modelOf(binary, { ...names, createDock: null }).resources.some(({ operations }) => operations.some(({ id }) => id === "createDock")));
});
