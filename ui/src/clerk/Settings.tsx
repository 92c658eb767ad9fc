import { Page } from "@/kit/Page";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { SettingsPanel } from "@/shared/SettingsPanel";

export function DeskSettings() {
  const status = useRead("app_status", {});
  return (
    <Page title={status.data?.person?.name ?? m.nav_me()} narrow>
      <SettingsPanel />
    </Page>
  );
}
