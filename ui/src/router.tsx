import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { Role } from "@/generated/Role";
import { Board } from "./clerk/Board";
import { Cards } from "./clerk/Cards";
import { DeskShell } from "./clerk/DeskShell";
import { Orders } from "./clerk/Orders";
import { DeskSettings } from "./clerk/Settings";
import { Tasks } from "./clerk/Tasks";
import { CardScreen, MachineScreen } from "./engineer/card/CardScreen";
import { CustomerScreen } from "./engineer/find/CustomerScreen";
import { FindScreen } from "./engineer/find/FindScreen";
import { Me } from "./engineer/me/Me";
import { ScanScreen } from "./engineer/scan/ScanScreen";
import { EngineerShell, WorkspaceShell } from "./engineer/Shell";
import { SignScreen } from "./engineer/sign/SignScreen";
import { Today } from "./engineer/today/Today";
import { VisitScreen } from "./engineer/visit/VisitScreen";
import { SyncCentre } from "./shared/SyncCentre";

const root = createRootRouteWithContext<{ role: Role }>()({ component: Outlet });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: ({ context }) => {
    if (context.role === "engineer") throw redirect({ to: "/today" });
    throw redirect({ to: "/desk/board" });
  },
});

const engineer = createRoute({ getParentRoute: () => root, id: "engineer", component: EngineerShell });
const workspace = createRoute({ getParentRoute: () => root, id: "workspace", component: WorkspaceShell });

const desk = createRoute({ getParentRoute: () => root, path: "/desk", component: DeskShell });

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
    createRoute({ getParentRoute: () => engineer, path: "/today", component: Today }),
    createRoute({ getParentRoute: () => engineer, path: "/scan", component: ScanScreen }),
    createRoute({ getParentRoute: () => engineer, path: "/find", component: FindScreen }),
    createRoute({ getParentRoute: () => engineer, path: "/me", component: Me }),
    createRoute({ getParentRoute: () => engineer, path: "/me/sync", component: SyncCentre }),
    createRoute({ getParentRoute: () => engineer, path: "/customer/$customer", component: CustomerScreen }),
    createRoute({ getParentRoute: () => engineer, path: "/card/$card", component: CardScreen }),
    createRoute({ getParentRoute: () => engineer, path: "/machine/$asset", component: MachineScreen }),
  ]),
  createRoute({
    getParentRoute: () => root,
    path: "/visit/$visit",
    beforeLoad: ({ params }) => {
      throw redirect({ to: "/visit/$visit/$step", params: { visit: params.visit, step: "arrive" }, replace: true });
    },
  }),
  workspace.addChildren([
    createRoute({ getParentRoute: () => workspace, path: "/visit/$visit/$step", component: VisitScreen }),
  ]),
  createRoute({ getParentRoute: () => root, path: "/sign/$visit", component: SignScreen }),
  desk.addChildren([
    createRoute({ getParentRoute: () => desk, path: "/board", component: Board }),
    createRoute({
      getParentRoute: () => desk,
      path: "/orders",
      component: Orders,
      validateSearch: (search): { text?: string; order?: string; customer?: string } => named(search, "text", "order", "customer"),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/cards",
      component: Cards,
      validateSearch: (search): { card?: string; text?: string } => named(search, "card", "text"),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/tasks",
      component: Tasks,
      validateSearch: (search): { show?: string; task?: string } => named(search, "show", "task"),
    }),
    createRoute({ getParentRoute: () => desk, path: "/sync", component: SyncCentre }),
    createRoute({ getParentRoute: () => desk, path: "/settings", component: DeskSettings }),
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
