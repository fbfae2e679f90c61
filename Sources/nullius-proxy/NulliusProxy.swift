import ArgumentParser
import Sidecar

@main
enum NulliusProxy {
    static func main() async {
        await ProxyCommand.main()
    }
}
