import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Role } from "@/generated/Role";
import { useSettings } from "./shared/settings";

type Desk = "engineer" | "desk";
const parts: Record<Desk, (() => Promise<unknown>)[]> = { engineer: [], desk: [] };

/** A screen whose code is read when it is first shown, and which is drawn anew in place when the
 * language changes: what stands half typed in its fields stays. */
function screen(desk: Desk, load: () => Promise<() => ReactNode>) {
  const read = async () => ({ default: await load() });
  const Late = lazyRouteComponent(read);
  parts[desk].push(read);
  const Screen = () => {
    useSettings();
    return <Late />;
  };
  // The router reads a screen's code before it goes there.
  return Object.assign(Screen, { preload: () => Late.preload?.() });
}
const field = (load: () => Promise<() => ReactNode>) => screen("engineer", load);
const counter = (load: () => Promise<() => ReactNode>) => screen("desk", load);

/** Reads the code of every screen of a role, so that nothing is read at the door. */
export function readAhead(role: Role): void {
  for (const read of parts[role === "engineer" ? "engineer" : "desk"]) void read();
}

const root = createRootRouteWithContext<{ role: Role }>()({ component: Outlet });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: ({ context }) => {
    if (context.role === "engineer") throw redirect({ to: "/today" });
    throw redirect({ to: "/desk/board" });
  },
});

const engineer = createRoute({
  getParentRoute: () => root,
  id: "engineer",
  component: field(() => import("./engineer/Shell").then((part) => part.EngineerShell)),
});
const workspace = createRoute({
  getParentRoute: () => root,
  id: "workspace",
  component: field(() => import("./engineer/Shell").then((part) => part.WorkspaceShell)),
});

const desk = createRoute({
  getParentRoute: () => root,
  path: "/desk",
  component: counter(() => import("./clerk/DeskShell").then((part) => part.DeskShell)),
});

/** The named texts of an address; digits that were read as a number are text again. */
function named<K extends string>(search: Record<string, unknown>, ...keys: K[]): Partial<Record<K, string>> {
  const entries = keys.flatMap((key) => {
    const value = search[key];
    return typeof value === "string" || typeof value === "number" ? [[key, String(value)]] : [];
  });
  return Object.fromEntries(entries) as Partial<Record<K, string>>;
}

const tree = root.addChildren([
  home,
  engineer.addChildren([
    createRoute({ getParentRoute: () => engineer, path: "/today", component: field(() => import("./engineer/today/Today").then((part) => part.Today)) }),
    createRoute({ getParentRoute: () => engineer, path: "/scan", component: field(() => import("./engineer/scan/ScanScreen").then((part) => part.ScanScreen)) }),
    createRoute({ getParentRoute: () => engineer, path: "/find", component: field(() => import("./engineer/find/FindScreen").then((part) => part.FindScreen)) }),
    createRoute({ getParentRoute: () => engineer, path: "/me", component: field(() => import("./engineer/me/Me").then((part) => part.Me)) }),
    createRoute({ getParentRoute: () => engineer, path: "/me/sync", component: field(() => import("./shared/SyncCentre").then((part) => part.SyncCentre)) }),
    createRoute({ getParentRoute: () => engineer, path: "/customer/$customer", component: field(() => import("./engineer/find/CustomerScreen").then((part) => part.CustomerScreen)) }),
    createRoute({ getParentRoute: () => engineer, path: "/card/$card", component: field(() => import("./engineer/card/CardScreen").then((part) => part.CardScreen)) }),
    createRoute({ getParentRoute: () => engineer, path: "/machine/$asset", component: field(() => import("./engineer/card/CardScreen").then((part) => part.MachineScreen)) }),
  ]),
  createRoute({
    getParentRoute: () => root,
    path: "/visit/$visit",
    beforeLoad: ({ params }) => {
      throw redirect({ to: "/visit/$visit/$step", params: { visit: params.visit, step: "arrive" }, replace: true });
    },
  }),
  workspace.addChildren([
    createRoute({ getParentRoute: () => workspace, path: "/visit/$visit/$step", component: field(() => import("./engineer/visit/VisitScreen").then((part) => part.VisitScreen)) }),
  ]),
  createRoute({ getParentRoute: () => root, path: "/sign/$visit", component: field(() => import("./engineer/sign/SignScreen").then((part) => part.SignScreen)) }),
  desk.addChildren([
    createRoute({ getParentRoute: () => desk, path: "/board", component: counter(() => import("./clerk/Board").then((part) => part.Board)) }),
    createRoute({
      getParentRoute: () => desk,
      path: "/orders",
      component: counter(() => import("./clerk/Orders").then((part) => part.Orders)),
      validateSearch: (search): { text?: string; order?: string; customer?: string } => named(search, "text", "order", "customer"),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/cards",
      component: counter(() => import("./clerk/Cards").then((part) => part.Cards)),
      validateSearch: (search): { card?: string; text?: string } => named(search, "card", "text"),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/tasks",
      component: counter(() => import("./clerk/Tasks").then((part) => part.Tasks)),
      validateSearch: (search): { show?: string; task?: string } => named(search, "show", "task"),
    }),
    createRoute({ getParentRoute: () => desk, path: "/pools", component: counter(() => import("./clerk/Pools").then((part) => part.Pools)) }),
    createRoute({
      getParentRoute: () => desk,
      path: "/conflicts",
      component: counter(() => import("./clerk/Conflicts").then((part) => part.Conflicts)),
      validateSearch: (search): { show?: string; conflict?: string } => named(search, "show", "conflict"),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/quarantine",
      component: counter(() => import("./clerk/Quarantine").then((part) => part.Quarantine)),
      validateSearch: (search): { show?: string; entry?: string } => named(search, "show", "entry"),
    }),
    createRoute({ getParentRoute: () => desk, path: "/sync", component: counter(() => import("./shared/SyncCentre").then((part) => part.SyncCentre)) }),
    createRoute({ getParentRoute: () => desk, path: "/settings", component: counter(() => import("./clerk/Settings").then((part) => part.DeskSettings)) }),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  history: createHashHistory(),
  context: { role: "engineer" },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
