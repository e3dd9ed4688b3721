import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Scanner;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs Neo4j in this JVM and ends both when no test needs them any more.
 *
 * A test process holds the leash by keeping a TCP connection open. The kernel closes it however the
 * process ends, so that no panic and no kill -9 leaves a server behind. On the connection the holder
 * says which process started it; while that one is a go command (go test ./...), the server waits for
 * the next package. The guard lives in the JVM that it guards, so neither can outlive the other.
 */
public class Leash {
    /** How long a server that nobody holds may wait at most, whoever is still running. */
    private static final long LONGEST_MS = 15 * 60_000;

    private static final Set<Socket> holders = ConcurrentHashMap.newKeySet();
    private static final Set<ProcessHandle> runs = ConcurrentHashMap.newKeySet();
    private static volatile boolean hadRun;

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        long graceMs = Long.parseLong(args[1]);
        ServerSocket door = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        spawn(() -> accept(door));
        spawn(() -> watch(home, graceMs));
        Path fresh = home.resolve("leash.new");
        Files.writeString(fresh, door.getLocalPort() + " " + ProcessHandle.current().pid() + "\n");
        Files.move(fresh, home.resolve("leash"), StandardCopyOption.ATOMIC_MOVE);
        Path conf = home.resolve("conf");
        String password = System.getenv("KITH_NEO4J_INITIAL_PASSWORD");
        if (password != null) {
            setInitialPassword(home, conf, password);
        }
        org.neo4j.server.CommunityEntryPoint.main(
            new String[] {"--home-dir=" + home, "--config-dir=" + conf, "--console-mode"});
    }

    /** Does what "neo4j-admin dbms set-initial-password" does, without the four seconds of another JVM. */
    private static void setInitialPassword(Path home, Path conf, String password) {
        int status = new picocli.CommandLine(
            new org.neo4j.commandline.admin.security.SetInitialPasswordCommand(
                new org.neo4j.cli.ExecutionContext(home, conf))).execute(password);
        if (status != 0) {
            System.exit(status);
        }
    }

    private static void spawn(Runnable work) {
        Thread thread = new Thread(work, "leash");
        thread.setDaemon(true);
        thread.start();
    }

    private static void accept(ServerSocket door) {
        while (true) {
            try {
                Socket holder = door.accept();
                spawn(() -> hold(holder));
            } catch (IOException e) {
                Runtime.getRuntime().halt(1);
            }
        }
    }

    private static void hold(Socket holder) {
        holders.add(holder);
        try (holder; Scanner in = new Scanner(holder.getInputStream())) {
            ProcessHandle.of(in.nextLong()).filter(Leash::isGo).ifPresent(run -> {
                runs.add(run);
                hadRun = true;
            });
            holder.getOutputStream().write((ProcessHandle.current().pid() + "\n").getBytes());
            while (in.hasNext()) {
                in.next();
            }
        } catch (IOException | RuntimeException e) {
            // A holder that breaks off, or says something else, has let go.
        } finally {
            holders.remove(holder);
        }
    }

    private static boolean isGo(ProcessHandle process) {
        return process.info().command().map(c -> c.endsWith("/go") || c.endsWith("\\go.exe")).orElse(false);
    }

    private static void watch(Path home, long graceMs) {
        long free = 0;
        while (free < LONGEST_MS) {
            long before = System.nanoTime();
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                break;
            }
            runs.removeIf(run -> !run.isAlive());
            long passed = (System.nanoTime() - before) / 1_000_000;
            // A process that was stopped and goes on (SIGSTOP, a laptop's lid) did not wait all that time.
            free = holders.isEmpty() ? free + Math.min(passed, 1000) : 0;
            if (free > 0 && runs.isEmpty() && (hadRun || free >= graceMs)) {
                break;
            }
        }
        // Nobody will read the data again, so there is nothing to shut down in good order.
        for (int i = 0; i < 3; i++) {
            remove(home);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void remove(Path home) {
        try {
            Files.walkFileTree(home, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException e) {
                    folder.toFile().delete();
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // The next server to start removes what is left.
        }
    }
}
