import { createHashHistory, createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import type { Role } from "@/generated/Role";
import { EngineerShell } from "./engineer/Shell";
import { Today } from "./engineer/today/Today";

const root = createRootRouteWithContext<{ role: Role }>()({ component: Outlet });
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => { throw redirect({ to: "/today" }); },
});
const engineer = createRoute({ getParentRoute: () => root, id: "engineer", component: EngineerShell });
const today = createRoute({ getParentRoute: () => engineer, path: "/today", component: Today });

export const router = createRouter({
  routeTree: root.addChildren([home, engineer.addChildren([today])]),
  history: createHashHistory(),
  context: { role: "engineer" },
});
declare module "@tanstack/react-router" { interface Register { router: typeof router } }
