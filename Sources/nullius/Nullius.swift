import ArgumentParser
import Commands

@main
enum Nullius {
    static func main() async {
        await NulliusCommand.main()
    }
}
