import { useState } from "react";
import type { Scalar } from "@/generated/Scalar";
import { Button } from "@/kit/Button";
import { Choice } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { Section } from "@/kit/Page";
import { ErrorNote } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { useCategory } from "@/shared/books";
import { useNames } from "@/shared/names";

interface Props {
  asset?: string;
  gtin?: string | null;
  serial?: string | null;
  onDone: (asset: string) => void;
  onCancel: () => void;
}

/** What is read off a machine: enough to inspect and to appraise it. */
export function MachineForm({ asset, gtin = null, serial = null, onDone, onCancel }: Props) {
  const known = useRead("machine_view", { asset: asset ?? "" }, { enabled: asset !== undefined });
  if (asset !== undefined && !known.data) return null;
  const old = known.data?.asset;
  return (
    <Filled
      start={{
        category: old?.category ?? "",
        brand: old?.brand ?? "",
        model: old?.model ?? "",
        serial: old?.components[0]?.serial ?? serial ?? "",
        month: old?.nameplate_month ?? "",
        capacity: known.data?.capacity?.toString() ?? "",
      }}
      part={old?.components[0]?.part ?? "body"}
      {...(asset === undefined ? {} : { asset })}
      gtin={gtin}
      onDone={onDone}
      onCancel={onCancel}
    />
  );
}

type Fields = Record<"category" | "brand" | "model" | "serial" | "month" | "capacity", string>;

function Filled({ start, part, asset, gtin, onDone, onCancel }: Omit<Props, "serial"> & { start: Fields; part: string }) {
  const [fields, setFields] = useState(start);
  const set = useAct("machine_set");
  const catalogue = useRead("catalogue_list", {});
  const names = useNames();
  const put = (key: keyof Fields) => (value: string) => setFields({ ...fields, [key]: value });
  const listed = catalogue.data?.models.find((model) => model.gtin === gtin);
  const category = fields.category || listed?.category || "";
  const categories = [...new Set(catalogue.data?.models.map((model) => model.category) ?? [])];
  const monthBad = fields.month !== "" && !/^(19|20)\d\d-(0[1-9]|1[0-2])$/.test(fields.month);
  const measure = useCategory(category)?.size_by[0];
  const sizeName = measure === undefined ? m.capacity() : names.spec(measure);
  const capacity = Number(fields.capacity);
  const capacityBad = fields.capacity !== "" && !Number.isInteger(capacity);
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
        ...(asset === undefined ? {} : { asset }),
        identity,
        serials: fields.serial.trim() ? { [part]: fields.serial.trim() } : {},
        ...(fields.capacity === "" ? {} : { capacity }),
      },
      { onSuccess: (view) => onDone(view.asset.id) },
    );
  };
  return (
    <Section title={asset ? m.machine_edit() : m.machine_new()}>
      <div className="panel flex flex-col gap-4 p-4">
        <Choice label={m.category()} value={category || null} options={categories.map((value) => ({ value, label: names.category(value) }))} onChange={put("category")} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={m.brand()} value={fields.brand} onChange={put("brand")} optional={m.optional()} />
          <Field label={m.model()} value={fields.model || listed?.sku || ""} onChange={put("model")} optional={m.optional()} />
          <Field label={m.serial()} value={fields.serial} onChange={put("serial")} optional={m.optional()} />
          <Field label={m.nameplate_month()} value={fields.month} onChange={put("month")} help={m.nameplate_month_help()} error={monthBad ? m.nameplate_month_help() : undefined} />
          <Field label={sizeName} value={fields.capacity} onChange={put("capacity")} inputMode="numeric" error={capacityBad ? m.whole_number() : undefined} />
        </div>
        <ErrorNote error={set.error} />
        <div className="flex flex-wrap justify-end gap-3">
          <Button main onPress={onCancel}>{m.cancel()}</Button>
          <Button main look="primary" isDisabled={category === "" || monthBad || capacityBad} isPending={set.isPending} onPress={save}>
            {m.save()}
          </Button>
        </div>
      </div>
    </Section>
  );
}
