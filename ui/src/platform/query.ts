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

/** Runs a command and drops what it made stale. */
export async function act<C extends CommandName>(
  command: C,
  input: InputOf<C>,
): Promise<OutputOf<C>> {
  const output = await rpc(command, input);
  void drop(invalidates[command]);
  return output;
}

/** A command bound to a screen: runs, tells whether it runs, keeps why it was refused. */
export function useAct<C extends CommandName>(command: C) {
  return useMutation<OutputOf<C>, Refused, InputOf<C>>({
    mutationFn: (input) => act(command, input),
  });
}
