import { Link } from "@tanstack/react-router";
import { Chip } from "@/kit/Chip";
import { Icon } from "@/kit/Icon";
import { Page, Section } from "@/kit/Page";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { SettingsPanel } from "@/shared/SettingsPanel";
import { stripText } from "@/shared/Strip";
import { day } from "@/shared/time";
import { HeldLeases } from "../visit/Guarantees";

const certificates: Record<string, () => string> = {
  height: m.certificate_height,
  electrician: m.certificate_electrician,
  gas: m.certificate_gas,
  hot_work: m.certificate_hot_work,
  refrigeration: m.certificate_refrigeration,
};

/** 我的: who works here, what waits for HQ, how the product looks. */
export function Me() {
  const status = useRead("app_status", {});
  const sync = useRead("sync_status", {});
  const person = status.data?.person;
  const today = sync.data ? day(sync.data.time.at) : "";
  return (
    <Page title={person?.name ?? m.nav_me()} narrow>
      <Section>
        <Link to="/me/sync" className="panel flex min-h-18 items-center gap-4 px-4 py-3">
          <Icon name="sync" />
          <span className="min-w-0 flex-1">
            <span className="block font-semibold">{m.sync_title()}</span>
            <span className="tabular block text-label text-ink-2">{sync.data && stripText(sync.data)}</span>
          </span>
          <Icon name="next" />
        </Link>
      </Section>
      <Held />
      {(person?.certificates.length ?? 0) > 0 && (
        <Section title={m.certificates()}>
          <ul className="panel divide-y-(length:--border) divide-hair">
            {person?.certificates.map((certificate) => (
              <li key={certificate.kind} className="flex min-h-14 flex-wrap items-center gap-3 px-4 py-2">
                <span className="min-w-0 flex-1">{certificates[certificate.kind]?.() ?? certificate.kind}</span>
                {certificate.valid_until < today ? (
                  <Chip tone="danger" icon="alert">{m.expired_on({ day: certificate.valid_until })}</Chip>
                ) : (
                  <Chip tone="good" icon="check">{m.until({ day: certificate.valid_until })}</Chip>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <SettingsPanel />
    </Page>
  );
}

/** What HQ holds for this tablet today. */
function Held() {
  const held = useRead("lease_list", {});
  if ((held.data?.leases.length ?? 0) === 0) return null;
  return (
    <Section title={m.held_here()} aside={m.held_lead()}>
      <HeldLeases />
    </Section>
  );
}
