import type { Model } from "@/generated/Model";
import type { Site } from "@/generated/Site";
import { m } from "@/paraglide/messages.js";

/** What at this house speaks against a model; empty when nothing known does. */
export function misfits(model: Model, site: Site): string[] {
  const found: string[] = [];
  const number = (key: string) => {
    const value = model.spec[key];
    return typeof value === "number" ? value : undefined;
  };
  const sides = [number("width_mm"), number("depth_mm")].filter((side) => side !== undefined);
  const slim = sides.length > 0 ? Math.min(...sides) : undefined;
  if (slim !== undefined && site.narrowest_turn_mm !== null && slim > site.narrowest_turn_mm) {
    found.push(m.misfit_turn({ needs: slim, has: site.narrowest_turn_mm }));
  }
  const amps = number("circuit_a");
  if (amps !== undefined && site.circuit_amps !== null && amps > site.circuit_amps) {
    found.push(m.misfit_circuit({ needs: amps, has: site.circuit_amps }));
  }
  return found;
}
