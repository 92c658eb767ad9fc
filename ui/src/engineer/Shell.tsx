import { Link, Outlet } from "@tanstack/react-router";
import { Icon, type IconName } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { Strip } from "@/shared/Strip";

const places = [
  { to: "/today", icon: "today", name: m.nav_today },
  { to: "/scan", icon: "scan", name: m.nav_scan },
  { to: "/find", icon: "find", name: m.nav_find },
  { to: "/me", icon: "me", name: m.nav_me },
] as const satisfies readonly { to: string; icon: IconName; name: () => string }[];

/** Four places, always in view: at the left in landscape, at the bottom in the hand. */
export function EngineerShell() {
  return (
    <div className="flex h-full flex-col">
      <Strip to="/me/sync" />
      <div className="flex min-h-0 flex-1 flex-row portrait:flex-col-reverse">
        <nav
          aria-label={m.nav_main()}
          className="rule flex w-22 shrink-0 flex-col gap-1 border-r-(length:--border) bg-card py-3 portrait:h-18 portrait:w-full portrait:flex-row portrait:border-t-(length:--border) portrait:border-r-0 portrait:py-0"
        >
          {places.map((place) => (
            <Link
              key={place.to}
              to={place.to}
              className="flex min-h-18 flex-col items-center justify-center gap-0.5 text-label text-ink-2 -outline-offset-4 portrait:flex-1"
              activeProps={{ className: "text-primary! font-semibold bg-primary-soft outdoor:bg-primary outdoor:text-on-primary!" }}
            >
              <Icon name={place.icon} size={26} />
              {place.name()}
            </Link>
          ))}
        </nav>
        <div className="min-h-0 min-w-0 flex-1">
          <Outlet />
        </div>
      </div>
    </div>
  );
}

/** A full-screen workspace: only the strip stays. */
export function WorkspaceShell() {
  return (
    <div className="flex h-full flex-col">
      <Strip to="/me/sync" />
      <div className="min-h-0 min-w-0 flex-1">
        <Outlet />
      </div>
    </div>
  );
}
