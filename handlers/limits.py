"""What a document may weigh. Alerts come from untrusted feeds."""

#: GCN's brokers accept about 4 MiB, LVK's producer up to 8 MiB; anything beyond twice that is no alert.
MAX_BYTES = 16 * 1024 * 1024
#: Levels of nesting: real notices have at most ten.
MAX_DEPTH = 64
#: Values of one JSON or Avro document: real ones have at most some hundreds.
MAX_VALUES = 100_000
#: Characters of an event's name: it becomes a key, a file's name and a mail's subject.
MAX_NAME = 100
#: Elements of one document: real notices have at most about 200.
MAX_NODES = 20_000
#: Characters of a document's identity: a longer one names nothing. Real ones have at most about 150.
MAX_IVORN = 1000
