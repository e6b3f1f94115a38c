import type { Visit } from "./chromium";
import { asked, type Language, type Place } from "./places";

/** Comes in as the owner of the node. */
export async function logIn(visit: Visit, token: string): Promise<void> {
  await visit.open("/fr/manage");
  await visit.page.fill("#token", token);
  await visit.page.getByRole("button", { name: "Entrer" }).click();
  await visit.page.getByRole("heading", { name: "Vos services" }).waitFor();
}

/** Every page of a hoster's node for its owner, who has come in; on the last, the owner has gone out again. */
export async function everyPageOfTheOwner(visit: Visit, language: Language): Promise<Place[]> {
  const base = `/${language}/manage`;
  const id = `p${Date.now()}`;
  await addService(visit, base, id);
  const service = `${base}/services/${id}`;
  return [
    asked("manage", base),
    asked("manage-added", `${base}?done=added&service=${id}`),
    asked("manage-add", `${base}/add`),
    sent("manage-add-refused", `${base}/add`, "save", ["#people", "beaucoup"], 422),
    asked("manage-service", service),
    sent("manage-service-preview", service, "preview", ["#url", "pads.example.org"]),
    sent("manage-close-refused", `${service}/close`, "close", ["#successor", "ftp://"], 422),
    sent("manage-close-announced", `${service}/close`, "close", ["#on", "2031-06-30"]),
    asked("manage-close", `${service}/close`),
    asked("manage-remove", `${service}/remove`),
    asked("manage-members", `${base}/members`),
    asked("manage-members-apply", `${base}/members/apply`),
    asked("manage-members-offer", `${base}/members/offer`),
    asked("manage-members-remove", `${base}/members/remove?who=https://hoster.example/ap/org`),
    asked("manage-reports", `${base}/reports`),
    asked("manage-deliveries", `${base}/deliveries`),
    asked("manage-followers", `${base}/followers`),
    asked("manage-trust", `${base}/trust`),
    sent("manage-trust-refused", `${base}/trust`, "add-block", ["#domain", "org"], 422),
    asked("manage-proposals", `${base}/proposals`),
    asked("manage-access", `${base}/access`),
    sent("manage-access-refused", `${base}/access`, "add", ["#person", " "], 422),
    sent("manage-access-added", `${base}/access`, "add", ["#person", `Anne ${id}`]),
    {
      name: "manage-access-remove",
      async show({ page, open }) {
        await open(`${base}/access`);
        await Promise.all([page.waitForEvent("load"), page.locator(".acts a").last().click()]);
      },
    },
    asked("manage-backup", `${base}/backup`),
    asked("manage-nowhere", `${base}/services/none`, 404),
    {
      name: "manage-login",
      async show(visit) {
        await visit.page.context().clearCookies();
        await visit.open(`${base}/deliveries`, 403);
      },
    },
  ];
}

async function addService({ page, open, send }: Visit, base: string, id: string): Promise<void> {
  await open(`${base}/add`);
  await page.fill("#id", id);
  await page.fill("#name", "Un service au nom plutôt long, comme on en donne");
  await page.selectOption("#need", "pads");
  await page.fill("#note_fr", "Quelques mots.");
  await send(page.locator("button[value=save]"));
}

/** What follows a form in which one field was filled. */
function sent(name: string, path: string, button: string, [field, text]: [string, string], status = 200) {
  return {
    name,
    async show({ page, open, send }: Visit) {
      await open(path);
      await page.fill(field, text);
      await send(page.locator(`button[value=${button}]`), status);
    },
  };
}
