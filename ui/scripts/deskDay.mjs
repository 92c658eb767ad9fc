// What happens in the field and at the counter on a day, played by commands, so that the desk has
// something to decide: sales, a refused order, a wish for another slot, a visit that went wrong.

/** Sells one machine to the customer of a work order: quote, terms, five strokes, filed. */
export async function sell(tablet, { visit, work_order }, sku) {
  const made = await tablet.call("quote_make", { work_order, new: [{ line: "new-1", sku, discounts: [] }], old: [], fees: [], removal: "one_visit" });
  const { row, customer } = await tablet.call("visit_open", { visit });
  await tablet.call("order_terms", { quote: made.quote.request.id, slot: row.slot, removal: "one_visit", if_refused: "go_on" });
  for (let number = 0; number < 5; number += 1) {
    const stroke = Array.from({ length: 14 }, (_, i) => ({ x: 1000 + number * 1500 + i * 90, y: 2000 + ((i * i * 11) % 1900), t: i * 16 }));
    await tablet.call("stroke_add", { work_order, number, stroke });
  }
  const filed = await tablet.call("order_file", { work_order, name: customer.name, relation: "self" });
  return filed.orders[0];
}

/** Syncs until nothing waits. */
export async function settle(device) {
  for (let turn = 0; turn < 40; turn += 1) {
    const state = await device.call("sync_now");
    if (state.waiting === 0 && state.media_waiting === 0) return state;
    await new Promise((done) => setTimeout(done, 150));
  }
  throw new Error(`${device.name} still waits for HQ`);
}

/** A second machine of the same kind for the same applicant: the subsidy is used up, so HQ refuses
 * the signed order and raises a task. */
export async function refusedOrder(tablet, job) {
  const filed = await sell(tablet, job, "S-XG-100");
  await settle(tablet);
  return filed;
}

/** The rest of an engineer's day: one visit under way, one that went wrong, a wish for another slot. */
export async function restOfTheDay(tablet, { visit: done }) {
  const others = (await tablet.call("today")).visits.filter((row) => row.visit !== done);
  const [under, wrong, wish] = others;
  if (under) for (const step of ["set_off", "arrive"]) await tablet.call("visit_mark", { visit: under.visit, step });
  if (wrong) await tablet.call("visit_end", { visit: wrong.visit, code: "wrong_addr", note: "小区名对，楼号不存在，电话没人接" });
  if (wish) {
    const later = { start: wish.slot.start + 86_400_000, end: wish.slot.end + 86_400_000 };
    await tablet.call("visit_reschedule", { visit: wish.visit, wish: later, reason: "客户下午要去医院" });
  }
  await settle(tablet);
}
