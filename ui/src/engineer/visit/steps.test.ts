import { describe, expect, it } from "vitest";
import type { InspectionView } from "@/generated/InspectionView";
import type { StepView } from "@/generated/StepView";
import { gatesOf, stepProgress } from "./steps";

const step = (id: string, rest: Partial<StepView> = {}): StepView => ({
  id,
  name: { zh: id, en: id },
  done: false,
  photos: 0,
  photos_wanted: 0,
  shut: [],
  ...rest,
});
const shut = { shut: [{ zh: "未检测", en: "Not inspected" }] };
const steps = [step("inspect"), step("options", shut), step("quote"), step("finish", shut)];
const [inspect, options, quote, finish] = steps as [StepView, StepView, StepView, StepView];
const dangerous = { open_stop_use: true } as InspectionView;

describe("gates", () => {
  it("are the core's for a machine on paper", () => {
    const machine = { onPaper: true, inspection: undefined };
    expect(gatesOf(steps, options, machine)).toEqual(["未检测"]);
    expect(gatesOf(steps, inspect, machine)).toEqual([]);
  });
  it("do not hold up work on a machine the core was not asked about", () => {
    expect(gatesOf(steps, options, { onPaper: false, inspection: undefined })).toEqual([]);
  });
  it("keep every price shut while a machine must not be used, on paper or not", () => {
    for (const onPaper of [true, false]) {
      const machine = { onPaper, inspection: dangerous };
      expect(gatesOf(steps, quote, machine)).toHaveLength(1);
      expect(gatesOf(steps, inspect, machine)).toEqual([]);
    }
  });
  it("never shut the way out", () => {
    expect(gatesOf(steps, finish, { onPaper: true, inspection: dangerous })).toEqual([]);
  });
});

it("a step's photos are counted until it is done", () => {
  expect(stepProgress(step("inspect", { photos: 2, photos_wanted: 3 }))).toContain("2/3");
  expect(stepProgress(step("inspect", { photos: 3, photos_wanted: 3, done: true }))).toBeUndefined();
});
