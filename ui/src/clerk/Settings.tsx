import type { Role } from "@/generated/Role";
import { Page } from "@/kit/Page";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { SettingsPanel } from "@/shared/SettingsPanel";

const roleNames: Record<Role, () => string> = { engineer: m.role_engineer, clerk: m.role_clerk, coordinator: m.role_coordinator };

/** 我的: who sits here, and how the desk looks. */
export function DeskSettings() {
  const status = useRead("app_status", {});
  return (
    <Page title={status.data?.person?.name ?? m.nav_me()} lead={status.data?.person && roleNames[status.data.person.role]()} narrow>
      <SettingsPanel />
    </Page>
  );
}
