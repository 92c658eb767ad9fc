import { useState } from "react";
import type { MachineView } from "@/generated/MachineView";
import type { Scalar } from "@/generated/Scalar";
import { Button } from "@/kit/Button";
import { Segments } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { Section } from "@/kit/Page";
import { ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { Refused, rpc } from "@/platform";
import { useAct, useRead } from "@/platform/query";
import { useReference } from "@/shared/books";
import { useNames } from "@/shared/names";
import { useScanner } from "@/shared/useScanner";
import { gtinOf, serialOf } from "../scan/labelKinds";
import { partName, partsOf, place } from "./parts";

interface Props {
  asset?: string;
  gtin?: string | null;
  serial?: string | null;
  onDone: (asset: string) => void;
  onCancel: () => void;
}

/** What is read off a machine: enough to inspect and to appraise it. */
export function MachineForm({ asset, ...rest }: Props) {
  const known = useRead("machine_view", { asset: asset ?? "" }, { enabled: asset !== undefined });
  const reference = useReference();
  if (!reference || (asset !== undefined && !known.data)) return null;
  return <Filled known={known.data} {...rest} />;
}

type Fields = Record<"category" | "brand" | "model" | "month" | "capacity", string>;

function Filled({ known, gtin: seenGtin = null, serial = null, onDone, onCancel }: Omit<Props, "asset"> & { known: MachineView | undefined }) {
  const old = known?.asset;
  const [fields, setFields] = useState<Fields>({
    category: old?.category ?? "",
    brand: old?.brand ?? "",
    model: old?.model ?? "",
    month: old?.nameplate_month ?? "",
    capacity: known?.capacity?.toString() ?? "",
  });
  const [gtin, setGtin] = useState(seenGtin);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries((old?.components ?? []).map((one) => [one.part, one.serial ?? ""])),
  );
  const [unplaced, setUnplaced] = useState(serial);
  const [refused, setRefused] = useState<Refused | null>(null);
  const set = useAct("machine_set");
  const catalogue = useRead("catalogue_list", {});
  const reference = useReference();
  const names = useNames();
  const put = (key: keyof Fields) => (value: string) => setFields({ ...fields, [key]: value });
  const listed = catalogue.data?.models.find((model) => model.gtin === gtin);
  const category = fields.category || listed?.category || "";
  const facts = reference?.categories.find((one) => one.category === category);
  const parts = partsOf(facts, old?.components ?? []);
  // A serial read before the category was known waits for the parts it may belong to.
  const serials = unplaced === null ? typed : place(parts, typed, unplaced);
  const write = (next: Readonly<Record<string, string>>) => {
    setTyped(next);
    setUnplaced(null);
  };
  useScanner((text) => {
    setRefused(null);
    rpc("code_typed", { text }).then(
      (seen) => {
        const found = seen.labels.map(serialOf).find(Boolean);
        const product = seen.labels.map(gtinOf).find(Boolean);
        if (product) setGtin(product);
        if (found) write(place(parts, serials, found));
      },
      (error: unknown) => {
        if (error instanceof Refused) setRefused(error);
        else throw error;
      },
    );
  });
  const monthBad = fields.month !== "" && !/^(19|20)\d\d-(0[1-9]|1[0-2])$/.test(fields.month);
  const measure = facts?.size_by[0];
  const sizeName = measure === undefined ? m.capacity() : names.spec(measure);
  const capacity = Number(fields.capacity);
  const capacityBad = fields.capacity !== "" && !Number.isInteger(capacity);
  const written = parts.map(({ part }) => [part, (serials[part] ?? "").trim()] as const).filter(([, text]) => text !== "");
  const twice = new Set(written.map(([, text]) => text)).size < written.length;
  const save = () => {
    const identity: Record<string, Scalar> = { category };
    const model = fields.model.trim() || listed?.sku;
    const brand = fields.brand.trim();
    if (brand) identity["brand"] = brand;
    if (model) identity["model"] = model;
    if (gtin) identity["gtin"] = gtin;
    if (listed) identity["subtype"] = listed.sub;
    if (fields.month) identity["nameplate_month"] = fields.month;
    set.mutate(
      {
        ...(old === undefined ? {} : { asset: old.id }),
        identity,
        serials: Object.fromEntries(written),
        ...(fields.capacity === "" ? {} : { capacity }),
      },
      { onSuccess: (view) => onDone(view.asset.id) },
    );
  };
  return (
    <Section title={old ? m.machine_edit() : m.machine_new()}>
      <div className="panel flex flex-col gap-4 p-4">
        <Segments
          label={m.category()}
          value={category || null}
          options={(reference?.categories ?? []).map((one) => ({ value: one.category, label: names.category(one.category) }))}
          onChange={put("category")}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={m.brand()} value={fields.brand} onChange={put("brand")} optional={m.optional()} />
          <Field label={m.model()} value={fields.model || listed?.sku || ""} onChange={put("model")} optional={m.optional()} />
          {parts.map(({ part }) => (
            <Field
              key={part}
              label={parts.length > 1 ? m.serial_of({ part: partName(part) }) : m.serial()}
              value={serials[part] ?? ""}
              onChange={(text) => write({ ...serials, [part]: text })}
              optional={m.optional()}
              error={twice && serials[part] ? m.serial_twice() : undefined}
            />
          ))}
          <Field label={m.nameplate_month()} value={fields.month} onChange={put("month")} help={m.nameplate_month_help()} error={monthBad ? m.nameplate_month_help() : undefined} />
          <Field label={sizeName} value={fields.capacity} onChange={put("capacity")} inputMode="numeric" error={capacityBad ? m.whole_number() : undefined} />
        </div>
        <p className="text-label text-ink-2">{m.scan_usb_help()}</p>
        <ErrorNote error={set.error ?? refused} />
        <div className="flex flex-wrap justify-end gap-3">
          <Button main onPress={onCancel}>{m.cancel()}</Button>
          <Button main look="primary" isDisabled={category === "" || monthBad || capacityBad || twice} isPending={set.isPending} onPress={save}>
            {m.save()}
          </Button>
        </div>
      </div>
    </Section>
  );
}
