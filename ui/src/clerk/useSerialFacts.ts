import { useQueries } from "@tanstack/react-query";
import type { Model } from "@/generated/Model";
import type { ScanView } from "@/generated/ScanView";
import { Refused, rpc } from "@/platform";
import { useRead } from "@/platform/query";
import { unlike } from "./serialShape";

export interface SerialFacts {
  serial: string;
  /** The core has answered. */
  known: boolean;
  /** Cards that bear it already. */
  cards: string[];
  /** Only its length speaks for a serial. */
  guess: boolean;
  /** A serial of the same model that looks otherwise. */
  unlike: string | null;
}

/** What this device knows of the serials of a draft; asked anew for every draft, also a parked one. */
export function useSerialFacts(serials: readonly string[], model: Model | undefined): SerialFacts[] {
  const seen = useQueries({
    queries: serials.map((serial) => ({
      queryKey: ["serial facts", serial],
      queryFn: () => rpc("code_typed", { text: serial }).catch(readAsNothing),
      // Never kept: a card may be issued for the serial a second later.
      staleTime: 0,
      gcTime: 0,
    })),
  });
  const known = useSerialsOf(model);
  return serials.map((serial, index) => {
    const view = seen[index]?.data;
    return {
      serial,
      known: view !== undefined,
      cards: (view?.matches ?? []).filter((match) => match.kind === "card").map((match) => match.id),
      guess: view?.labels.some((label) => label.guess) ?? false,
      unlike: unlike(serial, known),
    };
  });
}

/** A serial may look like a product code with a wrong check digit: then nothing is known of it. */
function readAsNothing(error: unknown): ScanView {
  if (!(error instanceof Refused)) throw error;
  return { labels: [], card: null, proof: null, card_error: null, matches: [] };
}

/** Serials on cards of the same model, a few. */
function useSerialsOf(model: Model | undefined): string[] {
  const sku = model?.sku ?? "";
  const found = useRead("find", { text: sku, kinds: ["card"], limit: 4 }, { enabled: sku !== "" });
  const cards = useQueries({
    queries: (found.data?.found ?? []).map((one) => ({
      queryKey: ["card_view", { card: one.id }],
      queryFn: () => rpc("card_view", { card: one.id }),
    })),
  });
  return cards.flatMap(({ data }) => (data && data.card.gtin === model?.gtin ? data.card.serials : []));
}
