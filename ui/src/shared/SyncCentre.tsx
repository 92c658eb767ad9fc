import { Button } from "@/kit/Button";
import { StandingChip } from "@/kit/Chip";
import { Facts, Page, Section } from "@/kit/Page";
import { Empty, ErrorNote, Loaded, Note } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useAct, useRead } from "@/platform/query";
import { clockOrDay } from "./time";
import { say } from "./words";
import { stripText } from "./Strip";

/** 同步中心: what waits, what failed and why, in words; counts come from HQ's receipts. */
export function SyncCentre() {
  const sync = useRead("sync_status", {});
  const outbox = useRead("outbox", {});
  const now = useAct("sync_now");
  const photos = useAct("photos_now");
  const settle = useAct("outbox_settle");
  return (
    <Page
      title={m.sync_title()}
      narrow
      actions={
        <Button main look="primary" icon="sync" isPending={now.isPending} onPress={() => now.mutate({})}>
          {m.sync_now()}
        </Button>
      }
    >
      <Loaded of={sync} rows={1}>
        {(view) => (
          <Section>
            <div className="panel flex flex-col gap-4 p-4">
              <p className="font-semibold">{stripText(view)}</p>
              <Facts
                rows={[
                  [m.sync_waiting(), String(view.waiting)],
                  [m.sync_media(), `${view.media - view.media_waiting} / ${view.media}`],
                  [m.sync_refused(), String(view.refused)],
                  [m.sync_hq_time(), clockOrDay(view.time.at, view.time.at)],
                ]}
              />
              {view.line === "offline" && view.last_error && (
                // Being offline is no error; what stands there says that work is safe.
                <Note tone="wait" icon="offline">{say(view.last_error.words)}</Note>
              )}
              {view.photos_held && (
                <Note
                  tone="wait"
                  icon="camera"
                  action={<Button isPending={photos.isPending} onPress={() => photos.mutate({})}>{m.photos_now()}</Button>}
                >
                  {view.photo_sending === "on_request" ? m.photos_held_request() : m.photos_held_network()}
                </Note>
              )}
              {view.room_bytes === 0 && <Note tone="wait" icon="camera">{m.photos_no_room()}</Note>}
              {view.warnings.map((warning, index) => <ErrorNote key={index} error={warning} />)}
            </div>
          </Section>
        )}
      </Loaded>
      <Section title={m.outbox()}>
        <ErrorNote error={settle.error} />
        <Loaded of={outbox}>
          {(box) =>
            box.items.length === 0 ? (
              <Empty icon="received" title={m.outbox_empty()}>{m.outbox_empty_help()}</Empty>
            ) : (
              <ul className="panel divide-y-(length:--border) divide-hair">
                {box.items.map((item, index) => (
                  <li key={index} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
                    <span className="tabular text-label text-ink-2">{clockOrDay(item.made_at, sync.data?.time.at ?? item.made_at)}</span>
                    <span className="min-w-0 flex-1 basis-48">
                      {say(item.words)}
                      {item.reason && <span className="block text-label text-warn">{say(item.reason)}</span>}
                    </span>
                    <StandingChip state={item.state}>{say(item.state_words)}</StandingChip>
                    {item.actions.map((action) => (
                      <Button
                        key={action}
                        look={action === "retry" ? "plain" : "quiet"}
                        isDisabled={settle.isPending}
                        onPress={() => settle.mutate({ item: item.item, action })}
                      >
                        {action === "retry" ? m.outbox_retry() : m.outbox_dismiss()}
                      </Button>
                    ))}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}
