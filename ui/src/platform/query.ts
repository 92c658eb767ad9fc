// The only cache of the core's state.
import {
  QueryClient,
  useMutation,
  useQuery,
  type UseQueryOptions,
  type UseQueryResult,
} from "@tanstack/react-query";
import { invalidates } from "@/generated/commands";
import type { Tag } from "@/generated/Tag";
import { Refused, rpc, type CommandName, type InputOf, type OutputOf } from "./index";
import { provides } from "./provides";
import { noteSaved } from "./saved";

// The core answers from the disk beside it: no retry, no staleness by time, no thought of a network.
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: "always",
      retry: false,
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    mutations: { networkMode: "always", retry: false },
  },
});

export function drop(tags: readonly Tag[]): Promise<void> {
  return queries.invalidateQueries({
    predicate: (query) => {
      const own = provides[query.queryKey[0] as CommandName] ?? [];
      return own.some((tag) => tags.includes(tag));
    },
  });
}

type Options<C extends CommandName> = Omit<
  UseQueryOptions<OutputOf<C>, Refused>,
  "queryKey" | "queryFn"
>;

/** Reads; shown again by itself when a command makes it stale. */
export function useRead<C extends CommandName>(
  command: C,
  input: InputOf<C>,
  options?: Options<C>,
): UseQueryResult<OutputOf<C>, Refused> {
  return useQuery<OutputOf<C>, Refused>({
    queryKey: [command, input],
    queryFn: () => rpc(command, input),
    ...options,
  });
}

/** Commands that change something and yet keep no work of the person's. */
const keepsNothing: ReadonlySet<CommandName> = new Set(["enrol", "unlock", "lock", "pin_change", "sync_now"]);

/** HQ's time as the core estimated it last, carried on by the time passed since. */
export function estimatedNow(): number {
  const look = queries.getQueryState<OutputOf<"sync_status">>(["sync_status", {}]);
  return look?.data ? look.data.time.at + (Date.now() - look.dataUpdatedAt) : Date.now();
}

/** Runs a command that keeps something, drops what it made stale and notes when it was kept. */
export async function act<C extends CommandName>(
  command: C,
  input: InputOf<C>,
): Promise<OutputOf<C>> {
  const output = await rpc(command, input);
  if (!keepsNothing.has(command)) noteSaved(estimatedNow());
  void drop(invalidates[command]);
  return output;
}

/** Puts an answer that a command gave in the place of the one a reading command would give. */
export function know<C extends CommandName>(command: C, input: InputOf<C>, output: OutputOf<C>): void {
  queries.setQueryData([command, input], output);
}

/** A command bound to a screen: runs, tells whether it runs, keeps why it was refused. */
export function useAct<C extends CommandName>(command: C) {
  return useMutation<OutputOf<C>, Refused, InputOf<C>>({
    mutationFn: (input) => act(command, input),
  });
}
