// The clerk's screens, after a day on which something went wrong.
import { scanLikeUsb } from "../doorJob.mjs";
import { calm } from "./camera.mjs";

export async function deskScreens({ camera, page, stage, url }) {
  const job = stage.facts.door_job;
  const at = async (place) => {
    // Another hash alone would not leave a screen that listens to its own search.
    await page.goto("about:blank");
    await page.goto(`${url}#${place}`);
    await calm(page);
  };
  const scan = async (text) => {
    await scanLikeUsb(page, text);
    await page.waitForFunction((text) => document.body.innerText.includes(text) || [...document.querySelectorAll("input")].some((input) => input.value === text), text);
    await calm(page);
  };
  const clear = async () => {
    const button = page.getByRole("button", { name: /^(清空|Clear)$/ });
    if (await button.isEnabled()) await button.click();
    await calm(page);
  };

  await at("/desk/board");
  await camera.take(page, "board", { arrange: () => page.keyboard.press("j").then(() => calm(page)) });
  await camera.take(page, "keys", { arrange: () => page.keyboard.press("?").then(() => calm(page)) });
  await camera.take(page, "command-bar", { arrange: async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("wang");
    await page.waitForTimeout(300);
  } });
  await at(`/desk/orders?text=%E7%8E%8B&order=${job.work_order}`);
  await camera.take(page, "orders");
  await at(`/desk/orders?customer=${job.customer}`);
  await camera.take(page, "desk-customer");
  await at("/desk/cards");
  await camera.take(page, "card-issue", { arrange: async () => {
    await clear();
    await scan("2000000000206");
    await scan("SBX418B000321");
  } });
  await camera.take(page, "card-double", { arrange: async () => {
    await clear();
    await scan("2000000000503");
    await scan("SBX418B000001");
  } });
  await clear();
  await scan("2000000001005");
  await scan("SKF35IN0000017");
  await page.keyboard.press("F8");
  await scan("2000000000602");
  await scan("SXH100C0000456");
  await page.waitForTimeout(200);
  await page.keyboard.type("13900009321", { delay: 60 });
  await page.keyboard.press("Control+Enter");
  await page.getByText(/已开卡|Card issued/).first().waitFor();
  await page.waitForTimeout(1200);
  await camera.take(page, "card-parked");
  await at(`/desk/cards?text=SBX&card=${job.card}`);
  await camera.take(page, "card-look-up");
  await at("/desk/tasks");
  await camera.take(page, "tasks", { arrange: () => page.keyboard.press("j").then(() => page.keyboard.press("Enter")).then(() => calm(page)) });
  await at("/desk/pools");
  await camera.take(page, "pools");
  await at("/desk/sync");
  await camera.take(page, "desk-sync");
  await at("/desk/settings");
  await camera.take(page, "desk-settings");
}
