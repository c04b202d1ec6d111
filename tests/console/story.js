// Stories: tests that use the console as a person does.
import { after, before, test } from "node:test";
import { launch, openConsole } from "./browser.js";
import { clientOf } from "./seed.js";
import { startServer } from "./server.js";

/**
 * Starts a server and a browser for the tests of a file.
 *
 * @returns The context of the stories, which is complete when the tests run.
 */
export function stage() {
  const context = {
    browser: null,
    server: null,
    api: null,
    /** Runs a story in a console of its own. */
    story: (name, task, options) =>
      test(name, async () => {
        const opened = await openConsole(context.browser, context.server, options);
        try {
          await task(opened.page, opened);
        } catch (error) {
          // The browser may be gone.
          await opened.page.screenshot({ path: `${name.replaceAll(/\W+/g, "-")}.png` }).catch(() => {});
          throw error;
        }
        await opened.close();
      }),
    createOrganization: (name) => context.api("POST", "/v1/organizations", { name }),
    createParty: (organization, body) =>
      context.api("POST", `/v1/organizations/${organization.id}/parties`, { type: "ORGANIZATION", ...body }),
    createDock: (organization, name) => context.api("POST", "/v1/docks", { organizationId: organization.id, name }),
  };
  before(async () => {
    context.server = await startServer();
    context.api = clientOf(context.server);
    context.browser = await launch();
  });
  after(async () => {
    await context.browser?.close();
    await context.server?.stop();
  });
  return context;
}

/** A field of the open form. */
export const field = (page, label) => page.locator("dialog").getByLabel(new RegExp(`^${label}( \\(required\\))?$`));

/** A button with exactly this name. */
export const button = (page, name) => page.getByRole("button", { name, exact: true });
