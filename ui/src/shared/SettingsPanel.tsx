import { useState } from "react";
import { Button } from "@/kit/Button";
import { Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { Facts, Section } from "@/kit/Page";
import { Sheet } from "@/kit/Sheet";
import { ErrorNote, Note } from "@/kit/States";
import type { PhotoSending } from "@/generated/PhotoSending";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { change, TEXT_SIZES, useSettings, type Locale, type Theme } from "./settings";

const sizeNames = [m.size_small, m.size_normal, m.size_large, m.size_huge];

/** How the product looks and what it is: language, text size, theme, storage, PIN, about. */
export function SettingsPanel() {
  const { locale, theme, textSize } = useSettings();
  const status = useRead("app_status", {});
  const sync = useRead("sync_status", {});
  const lock = useAct("lock");
  const photos = useAct("photo_sending_set");
  const [pin, setPin] = useState(false);
  return (
    <>
      <Section title={m.settings_look()}>
        <div className="panel flex flex-col gap-5 p-4">
          <Segments<Locale> label={m.language()} value={locale} options={[{ value: "zh", label: "中文" }, { value: "en", label: "English" }]} onChange={(next) => change({ locale: next })} />
          <Segments<Theme>
            label={m.theme()}
            value={theme}
            options={[
              { value: "light", label: m.theme_light() },
              { value: "outdoor", label: m.theme_outdoor() },
              { value: "dark", label: m.theme_dark() },
            ]}
            onChange={(next) => change({ theme: next })}
          />
          <Segments
            label={m.text_size()}
            value={String(textSize)}
            options={TEXT_SIZES.map((size, index) => ({ value: String(size), label: sizeNames[index]?.() ?? String(size) }))}
            onChange={(next) => change({ textSize: Number(next) })}
          />
        </div>
      </Section>
      <Section title={m.storage()}>
        <div className="panel flex flex-col gap-5 p-4">
          {sync.data && (
            <Segments<PhotoSending>
              label={m.photo_sending()}
              value={sync.data.photo_sending}
              options={[
                { value: "unmetered", label: m.photo_sending_unmetered() },
                { value: "always", label: m.photo_sending_always() },
                { value: "on_request", label: m.photo_sending_on_request() },
              ]}
              onChange={(sending) => photos.mutate({ sending })}
            />
          )}
          <Facts
            rows={[
              [m.storage_room(), sync.data ? gigabytes(sync.data.room_bytes) : "…"],
              [m.storage_key(), status.data?.keystore ?? m.storage_key_pin()],
              status.data?.salvaged ? [m.storage_salvaged(), status.data.salvaged.folder] : null,
            ]}
          />
        </div>
      </Section>
      <Section title={m.about()}>
        <div className="panel p-4">
          <Facts rows={[[m.app_name(), status.data?.version ?? ""], [m.device_id(), status.data?.device ?? ""]]} />
        </div>
      </Section>
      <div className="flex flex-wrap gap-3">
        <Button main icon="lock" isPending={lock.isPending} onPress={() => lock.mutate({})}>{m.lock_now()}</Button>
        <Button main icon="pen" onPress={() => setPin(true)}>{m.pin_change()}</Button>
      </div>
      <PinSheet open={pin} onClose={() => setPin(false)} />
    </>
  );
}

function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.floor(bytes / 1e6)} MB`;
}

function PinSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const set = useAct("pin_change");
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const differs = again !== "" && next !== again;
  return (
    <Sheet
      title={m.pin_change()}
      open={open}
      onClose={onClose}
      foot={
        <Button main look="primary" isDisabled={old === "" || next === "" || next !== again} isPending={set.isPending}
          onPress={() => set.mutate({ old, new: next }, { onSuccess: () => { setOld(""); setNext(""); setAgain(""); } })}>
          {m.save()}
        </Button>
      }
    >
      <Field label={m.pin_old()} type="password" inputMode="numeric" value={old} onChange={setOld} />
      <Field label={m.pin_new()} type="password" inputMode="numeric" value={next} onChange={setNext} />
      <Field label={m.enrol_pin_repeat()} type="password" inputMode="numeric" value={again} onChange={setAgain} error={differs ? m.enrol_pin_differs() : undefined} />
      <ErrorNote error={set.error} />
      {set.isSuccess && <Note tone="good" icon="check">{m.pin_changed()}</Note>}
    </Sheet>
  );
}
