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
  it("are the core's", () => {
    expect(gatesOf(steps, options, undefined)).toEqual(["未检测"]);
    expect(gatesOf(steps, inspect, undefined)).toEqual([]);
  });
  it("keep every price shut while the machine in hand must not be used", () => {
    expect(gatesOf(steps, quote, dangerous)).toHaveLength(1);
    expect(gatesOf(steps, inspect, dangerous)).toEqual([]);
  });
  it("never shut the way out", () => {
    expect(gatesOf(steps, finish, dangerous)).toEqual([]);
  });
});

it("a step's photos are counted until it is done", () => {
  expect(stepProgress(step("inspect", { photos: 2, photos_wanted: 3 }))).toContain("2/3");
  expect(stepProgress(step("inspect", { photos: 3, photos_wanted: 3, done: true }))).toBeUndefined();
});
