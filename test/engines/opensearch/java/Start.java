import org.codelibs.opensearch.runner.OpenSearchRunner;
import static org.codelibs.opensearch.runner.OpenSearchRunner.newConfigs;

/** Start <folder> <http port> <transport port> <plugin classes, comma-separated, or -> [setting=value ...] */
public class Start {
  public static void main(String[] a) throws Exception {
    OpenSearchRunner runner = new OpenSearchRunner();
    runner.onBuild((number, settings) -> {
      settings.put("http.port", a[1]);
      settings.put("transport.port", a[2]);
      settings.put("network.host", "127.0.0.1");
      settings.put("discovery.type", "single-node");
      settings.remove("cluster.initial_cluster_manager_nodes");
      settings.remove("discovery.seed_hosts");
      for (int at = 4; at < a.length; at++) {
        int equals = a[at].indexOf('=');
        settings.put(a[at].substring(0, equals), a[at].substring(equals + 1));
      }
    });
    OpenSearchRunner.Configs configs = newConfigs().clusterName("test").numOfNode(1).basePath(a[0]).useLogger();
    runner.build(a[3].equals("-") ? configs : configs.pluginTypes(a[3]));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        runner.close();
      } catch (Exception ignored) {
      }
    }));
    Thread.currentThread().join();
  }
}
