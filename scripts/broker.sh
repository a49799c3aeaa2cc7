# Sourced by the scripts that run a real Kafka for a while: one node, on free ports, its files in a
# folder that goes away with the script's.

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 10000))
    if ! answers "$port"; then
      echo "$port"
      return
    fi
  done
  echo "no free port found between 20000 and 30000" >&2
  return 1
}

# Writes the settings of a broker on port $2 into the folder $1, and formats its storage.
# $java and $kafka (scripts/fetch-kafka) are the caller's.
prepare_broker() {
  local folder=$1 port=$2 controller
  controller=$(free_port)
  printf '%s\n' process.roles=broker,controller node.id=1 controller.listener.names=CONTROLLER \
    "controller.quorum.voters=1@127.0.0.1:$controller" "log.dirs=$folder/data" \
    "listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller" \
    offsets.topic.replication.factor=1 offsets.topic.num.partitions=1 \
    transaction.state.log.replication.factor=1 transaction.state.log.min.isr=1 \
    transaction.state.log.num.partitions=4 group.initial.rebalance.delay.ms=0 \
    log.cleaner.dedupe.buffer.size=2097152 >"$folder/server.properties"
  "${java[@]}" -cp "$kafka/lib/*" kafka.tools.StorageTool format -t cGVuc3RvY2stdGVzdC0wMQ -c "$folder/server.properties"
}
