import { useNavigate } from "@tanstack/react-router";
import type { Found } from "@/generated/Found";
import type { Words } from "@/generated/Words";
import { Button } from "@/kit/Button";
import { Icon } from "@/kit/Icon";
import { m } from "@/paraglide/messages.js";
import { kindLook } from "@/shared/SearchResults";
import { say } from "@/shared/words";

/** Which record something is about; a record this device does not know is named by its kind. */
export function RecordLine({ record, kind }: { record: Found | null; kind: Words }) {
  return (
    <span className="flex min-w-0 items-center gap-3">
      <span className="text-ink-2"><Icon name={kindLook[record?.kind ?? ""]?.icon ?? "note"} size={22} /></span>
      <span className="min-w-0">
        <span className="block truncate font-semibold">{record?.title.trim() || say(kind)}</span>
        {record && <span className="tabular block truncate text-label text-ink-2">{say(record.detail)}</span>}
      </span>
    </span>
  );
}

/** The same in a panel, with the way to it where the desk has a place for it. */
export function RecordPanel({ record, kind }: { record: Found | null; kind: Words }) {
  const navigate = useNavigate();
  const open =
    record?.kind === "work_order"
      ? () => void navigate({ to: "/desk/orders", search: { order: record.id } })
      : record?.kind === "card"
        ? () => void navigate({ to: "/desk/cards", search: { card: record.id } })
        : undefined;
  return (
    <div className="panel flex items-center gap-3 p-3">
      <div className="min-w-0 flex-1"><RecordLine record={record} kind={kind} /></div>
      {open && <Button look="quiet" icon="next" onPress={open}>{m.record_open()}</Button>}
    </div>
  );
}
