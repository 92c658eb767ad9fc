import { describe, expect, it } from "vitest";
import { clock, clockOrDay, clockSeconds, countdown, day, midnight, plusDays, weekday } from "./time";

const at = 1_784_075_400_000; // 2026-07-15 08:30 in Shanghai

describe("times in Shanghai", () => {
  it("do not ask the device's time zone", () => {
    expect(clock(at)).toBe("08:30");
    expect(clockSeconds(at + 7_000)).toBe("08:30:07");
    expect(day(at)).toBe("2026-07-15");
    expect(day(at - 9 * 3_600_000)).toBe("2026-07-14");
    expect(midnight("2026-07-15")).toBe(at - 8.5 * 3_600_000);
  });
  it("name another day", () => {
    expect(clockOrDay(at - 86_400_000, at)).toBe("07-14 08:30");
    expect(clockOrDay(at, at)).toBe("08:30");
  });
  it("count days over a month's end", () => {
    expect(plusDays("2026-07-31", 1)).toBe("2026-08-01");
    expect(weekday("2026-07-15")).toBe(3);
  });
});

it("a wait is counted down to its last begun second", () => {
  expect(countdown(15 * 60_000)).toBe("15:00");
  expect(countdown(59_001)).toBe("1:00");
  expect(countdown(7_199_000)).toBe("1:59:59");
  expect(countdown(0)).toBe("0:00");
});
